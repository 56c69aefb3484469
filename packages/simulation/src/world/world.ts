import { usageRecordedV1, usageReportedV1, type ScopedBudget } from '@ao/contracts';
import { MemoryDatabase } from '@ao/database/memory';
import { SequentialIds, type Logger } from '@ao/kernel';
import { RequestLogTables } from '@ao/metering/simulation';
import { WalletTables } from '@ao/wallet/simulation';
import { CallBook } from '../checks/call-book.js';
import { Witness } from '../checks/witness.js';
import { Life } from '../engine/life.js';
import { Random } from '../engine/random.js';
import { Scheduler } from '../engine/scheduler.js';
import type { Trace } from '../engine/trace.js';
import type { Sabotage } from '../mutations/sabotage.js';
import type { Plan } from '../plan/plan.js';
import { EventBus } from './event-bus.js';
import { GatewayProcess } from './gateway-process.js';
import { MeteringProcess } from './metering-process.js';
import { Replicas } from './replicas.js';
import { Requests } from './requests.js';
import type { Disk } from './spool.js';
import { WalletProcess } from './wallet-process.js';
import { Weather } from './weather.js';

/** Gateways, wallet, metering and all that lies between them, as a plan wants them. */
export class World {
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly walletTables: WalletTables;
  readonly meteringTables: RequestLogTables;
  readonly bus: EventBus;
  readonly wallets: Replicas<WalletProcess>;
  readonly meterings: Replicas<MeteringProcess>;
  /** Null: down. */
  readonly gateways: (GatewayProcess | null)[] = [];
  readonly book = new CallBook();
  readonly witness: Witness;
  readonly ids = new SequentialIds();
  readonly walletIds: string[] = [];
  private readonly disks: readonly Disk[];
  private readonly requests: Requests;
  private readonly random: Random;
  private readonly logger: Logger;

  constructor(
    readonly plan: Plan,
    readonly trace: Trace,
    private readonly sabotage: Sabotage,
  ) {
    this.random = new Random(plan.seed).fork('world');
    this.scheduler = new Scheduler(plan.startsAtMs, this.random.fork('order'), trace);
    this.weather = new Weather(this.scheduler, this.random.fork('weather'), plan.faults);
    const nowMs = (): number => this.scheduler.nowMs;
    this.walletTables = new WalletTables(new MemoryDatabase(nowMs));
    this.meteringTables = new RequestLogTables(new MemoryDatabase(nowMs));
    this.disks = plan.gatewaySkewsMs.map(() => ({ segments: [] }));
    this.witness = new Witness(this);
    this.logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (fields, message) => this.witness.errorLogged(fields, message),
    };
    const onFault = (error: unknown): void => this.witness.fault(error);
    this.bus = new EventBus(this.scheduler, this.weather, this.random.fork('bus'), onFault);
    this.requests = new Requests(this.weather, this.random.fork('requests'), onFault);
    this.wallets = this.walletReplicas();
    this.meterings = this.meteringReplicas();
    this.bus.subscribe(usageReportedV1, () => this.meterings.processes);
    this.bus.subscribe(usageRecordedV1, () => this.wallets.processes);
  }

  startGateway(gateway: number): void {
    if (this.gateways[gateway]) return;
    const { ids, bus, requests, logger, plan, witness, sabotage, scheduler } = this;
    const life = new Life(`gateway-${gateway}`, scheduler, plan.gatewaySkewsMs[gateway]!);
    const parts = { life, ids, bus, requests, logger, plan, witness, sabotage, random: this.random };
    const disk = this.disks[gateway]!;
    const wallets = (): readonly WalletProcess[] => this.wallets.processes;
    const budgets = this.scopedBudgets();
    this.gateways[gateway] = new GatewayProcess({ ...parts, disk, wallets, budgets, gatewayId: ids.next('gw') });
  }

  crashGateway(gateway: number): boolean {
    const process = this.gateways[gateway];
    if (!process || process.isStopping) return false;
    process.crash();
    this.buried(gateway, process);
    this.note(`gateway-${gateway} CRASHES`);
    return true;
  }

  /** Resolves when it is down. */
  async stopGateway(gateway: number): Promise<boolean> {
    const process = this.gateways[gateway];
    if (!process || process.isStopping) return false;
    this.note(`gateway-${gateway} stops`);
    await process.stop();
    this.buried(gateway, process);
    return true;
  }

  /** Whatever it had under way has ended with it. */
  private buried(gateway: number, { gatewayId }: GatewayProcess): void {
    for (const call of this.book.all) if (call.gatewayId === gatewayId && call.endedAtMs === null) call.isCutOff = true;
    this.gateways[gateway] = null;
  }

  /** As the wallet service publishes them. */
  private scopedBudgets(): ScopedBudget[] {
    return this.walletTables.wallets.all().flatMap(({ wallet: { id: walletId, orgId, scope, template, active } }) => {
      return scope !== null && template === null && active ? [{ walletId, orgId, scope }] : [];
    });
  }

  note(text: string): void {
    this.trace.note(this.scheduler.nowMs, text);
  }

  private walletReplicas(): Replicas<WalletProcess> {
    const { scheduler, weather, bus, walletTables: tables, plan, ids, logger, sabotage, requests } = this;
    const gateways = (gatewayId: string): GatewayProcess[] =>
      this.gateways.flatMap((gateway) => (gateway?.gatewayId === gatewayId ? [gateway] : []));
    const replicas = new Replicas<WalletProcess>({
      name: 'wallet',
      skewsMs: plan.walletSkewsMs,
      database: tables.database,
      scheduler,
      weather,
      bus,
      build: (life, session) =>
        new WalletProcess({ life, session, tables, plan, ids, logger, sabotage, requests, gateways }),
    });
    tables.database.onCommit(() => {
      this.witness.ledgerCommitted();
      replicas.relay.wake();
    });
    return replicas;
  }

  private meteringReplicas(): Replicas<MeteringProcess> {
    const { scheduler, weather, bus, meteringTables: tables, plan, logger, sabotage } = this;
    const replicas = new Replicas<MeteringProcess>({
      name: 'metering',
      skewsMs: plan.meteringSkewsMs,
      database: tables.database,
      scheduler,
      weather,
      bus,
      build: (life, session) => new MeteringProcess({ life, session, tables, logger, sabotage }),
    });
    tables.database.onCommit(() => replicas.relay.wake());
    return replicas;
  }
}
