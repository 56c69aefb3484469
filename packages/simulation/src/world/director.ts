import { NO_ATTRIBUTION_RULES, type Actor, type Principal } from '@ao/contracts';
import { AppError, nanoUsd } from '@ao/kernel';
import type { CallPlan, Operation } from '../plan/plan.js';
import type { World } from './world.js';

const ORG_ID = 'org_1';
const ADMIN: Actor = { orgId: ORG_ID, keyId: 'key_admin', role: 'admin' };
/** The longest call, streamed, and the stop of its gateway. */
const LAST_CALL_MS = 20_000;
const SLACK_MS = 3_000;

/** Carries out a plan in its world, then lets everything come to rest. */
export class Director {
  constructor(private readonly world: World) {}

  async run(): Promise<void> {
    const { world } = this;
    const { plan, scheduler, weather } = world;
    world.wallets.start();
    world.meterings.start();
    await this.makeWallets();
    plan.gatewaySkewsMs.forEach((_, gateway) => world.startGateway(gateway));
    const beganMs = scheduler.nowMs;
    weather.begin();
    for (const operation of plan.operations) {
      scheduler.after(operation.atMs, describe(operation), () => this.begin(operation));
    }
    await scheduler.runUntil(beganMs + plan.durationMs);
    weather.calmDown();
    world.note('the weather calms down');
    await scheduler.runUntil(scheduler.nowMs + LAST_CALL_MS);
    plan.gatewaySkewsMs.forEach((_, gateway) => void world.stopGateway(gateway));
    const skewMs = Math.max(0, ...[...plan.walletSkewsMs, ...plan.gatewaySkewsMs].map(Math.abs));
    const untilReleasedMs = plan.terms.ttlMs + plan.terms.graceMs + plan.sweepEveryMs + 2 * skewMs;
    await scheduler.runUntil(scheduler.nowMs + untilReleasedMs + SLACK_MS);
  }

  private async makeWallets(): Promise<void> {
    const { plan, scheduler, wallets, walletIds } = this.world;
    const [maker] = wallets.processes;
    for (const { name, parent, limit, period, overdraftPercent, scope } of plan.wallets) {
      const settings = {
        name,
        period,
        overdraftPercent,
        scope,
        timeZone: 'UTC',
        thresholdsPercent: [80, 100],
        costCenter: null,
      };
      const made = maker!.createWallet.execute({
        actor: ADMIN,
        ownerType: 'organisation',
        kind: 'budget',
        autoTopUp: null,
        parentId: parent === null ? null : walletIds[parent]!,
        limit: limit === null ? null : nanoUsd(limit),
        ...settings,
      });
      void made.then(({ id }) => walletIds.push(id));
      await scheduler.runUntil(scheduler.nowMs + 500);
    }
  }

  private begin(operation: Operation): void {
    const { world } = this;
    switch (operation.kind) {
      case 'call':
        return this.beginCall(operation);
      case 'crash-gateway':
        if (world.crashGateway(operation.gateway)) this.restart(operation.gateway, operation.downMs);
        return;
      case 'stop-gateway':
        return void world
          .stopGateway(operation.gateway)
          .then((isStopped) => isStopped && this.restart(operation.gateway, operation.downMs));
      case 'crash-wallet':
        return world.wallets.crash(operation.replica, operation.downMs);
      case 'crash-metering':
        return world.meterings.crash(operation.replica, operation.downMs);
      case 'cut-off':
        return world.weather.cutOff(`gateway-${operation.gateway}`, operation.forMs);
      case 'bus-away':
        return world.weather.busAway(operation.forMs);
      case 'set-limit':
        return this.change(operation.wallet, { limit: operation.limit === null ? null : nanoUsd(operation.limit) });
      case 'set-active':
        return this.change(operation.wallet, { active: operation.isActive });
      case 'forget-inbox':
        return void world.walletTables.database.inbox.deleteWhere(() => true);
    }
  }

  private beginCall(plan: CallPlan): void {
    const { world } = this;
    const gateway = world.gateways[plan.gateway];
    if (!gateway || gateway.isStopping) return;
    const callId = world.ids.next('req');
    const call = world.book.ask(callId, plan, gateway.gatewayId, world.scheduler.nowMs);
    world.note(`${callId} comes to gateway-${plan.gateway} for ${world.walletIds[plan.wallet]}`);
    const end = (refusal: string | null): void => {
      call.endedAtMs = world.scheduler.nowMs;
      call.refusal = refusal;
      world.note(`${callId} ends: ${refusal ?? 'answered'}`);
    };
    gateway.call(callId, principalOf(world.walletIds[plan.wallet]!), plan).then(
      () => end(null),
      (error: unknown) => {
        if (!(error instanceof AppError) && !isRefusal(error)) world.witness.fault(error);
        end(error instanceof AppError ? error.code : 'upstream_error');
      },
    );
  }

  private restart(gateway: number, downMs: number): void {
    this.world.scheduler.after(downMs, `gateway-${gateway} starts again`, () => this.world.startGateway(gateway));
  }

  private change(wallet: number, changes: { limit?: ReturnType<typeof nanoUsd> | null; active?: boolean }): void {
    const { world } = this;
    const alive = world.wallets.processes.find(({ life }) => life.isAlive);
    const walletId = world.walletIds[wallet]!;
    // May be refused, or fail with the database: then the wallet stays as it is.
    alive?.updateWallet.execute({ actor: ADMIN, walletId, ...changes }).catch((error: unknown) => {
      if (!(error instanceof AppError)) world.witness.fault(error);
    });
  }
}

const isRefusal = (error: unknown): boolean => error instanceof Error && error.constructor.name === 'UpstreamRefusal';

function describe(operation: Operation): string {
  const { kind, atMs: _atMs, ...rest } = operation;
  return `plan: ${kind} ${JSON.stringify(rest, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`;
}

const principalOf = (walletId: string): Principal => ({
  keyId: 'key_1',
  keyName: 'key',
  keyMasked: 'sk-ao-****0000',
  orgId: ORG_ID,
  teamId: null,
  userId: null,
  role: 'member',
  walletId,
  models: null,
  requestsPerMinuteMax: null,
  tokensPerMinuteMax: null,
  concurrencyMax: null,
  modelLimits: [],
  requestsPerMinutePerAddressMax: null,
  requestsPerMinutePerSessionMax: null,
  priority: 'normal',
  expiresAtMs: null,
  includeCost: false,
  attribution: NO_ATTRIBUTION_RULES,
});
