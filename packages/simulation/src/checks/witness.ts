import type { UsageReport } from '@ao/contracts';
import type { CallBegin } from '@ao/gateway/simulation';
import { isHolding, periodRefKey, remainingOf } from '@ao/wallet/simulation';
import { leasesIn } from './inside.js';
import { isOver } from './lease-end.js';
import { LimitHistory } from './limit-history.js';
import { Refusals } from './refusals.js';
import type { ObservedGateway, ObservedWorld } from './observed.js';
import type { Report, Violation } from './violation.js';

const VIOLATIONS_MAX = 20;
/** A transaction decides by the limit that it read at its beginning; none takes longer. */
const LIMIT_READ_MS = 5_000;

/** Sees all that happens, and holds it against the promises that must be true at every moment. */
export class Witness {
  readonly violations: Violation[] = [];
  readonly limits: LimitHistory;
  readonly refusals: Refusals;
  private readonly heldBefore = new Map<string, bigint>();
  private readonly expired = new Set<string>();

  constructor(private readonly world: ObservedWorld) {
    this.limits = new LimitHistory(world.walletTables);
    this.refusals = new Refusals(world, this.limits, this.violate);
  }

  violate: Report = (law, detail) => {
    const atMs = this.world.scheduler.nowMs - this.world.plan.startsAtMs;
    this.world.note(`VIOLATION ${law}: ${detail}`);
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ law, detail, atMs });
  };

  /** A handler failed in a way that is no refusal. */
  fault(error: unknown): void {
    this.violate('no handler fails', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }

  errorLogged(fields: object, message: string): void {
    this.violate('nothing is logged as an error', `${message} ${JSON.stringify(fields)}`);
  }

  /** A call has its reservation and goes into the spool. */
  begun({ requestId, charges }: CallBegin): void {
    const { gatewayId } = this.world.book.get(requestId);
    const gateway = this.world.gateways.find((one) => one?.gatewayId === gatewayId);
    if (!gateway) return;
    const reserved = new Set(charges.map(({ leaseId }) => leaseId));
    for (const lease of [...leasesIn(gateway.pool).values()].flat()) {
      if (!reserved.has(lease.leaseId) || !isOver(lease, gateway.life.clock.nowMs())) continue;
      this.violate('no lease is given out after its end', `${requestId} has reserved from ${lease.leaseId}`);
    }
  }

  beginDurable(callId: string): void {
    this.world.book.get(callId).beginDurable = true;
  }

  endDurable(report: UsageReport): void {
    this.world.book.get(report.requestId).report = report;
  }

  /** A call has its money and goes to the provider. */
  sent(callId: string): void {
    const call = this.world.book.get(callId);
    call.sentAtMs ??= this.world.scheduler.nowMs;
    this.world.note(`${callId} has its money and goes to the provider`);
    const gateway = this.world.gateways.find((one) => one?.gatewayId === call.gatewayId);
    if (gateway) this.checkSecured(gateway);
    this.refusals.look();
  }

  ledgerCommitted(): void {
    this.limits.note(this.world.scheduler.nowMs);
    this.checkLimits();
    this.checkExpired();
    for (const gateway of this.world.gateways) if (gateway?.life.isAlive) this.checkSecured(gateway);
    this.refusals.look();
  }

  /** Whenever more is held than before, all of it must lie within the limit. */
  private checkLimits(): void {
    for (const row of this.world.walletTables.periods.all()) {
      const key = periodRefKey(row);
      const before = this.heldBefore.get(key) ?? 0n;
      this.heldBefore.set(key, row.held);
      if (row.held <= before) continue;
      this.refusals.granted(row.walletId);
      const spendable = this.limits.mostSince(row.walletId, this.world.scheduler.nowMs - LIMIT_READ_MS);
      if (spendable === null || row.posted + row.held <= spendable) continue;
      const detail = `${row.walletId} in ${row.periodKey}: posted ${row.posted} and held ${row.held} of ${spendable}`;
      this.violate('held money lies within the limit', detail);
    }
  }

  /** Only what its gateway left unused for the whole grace period is taken from it. */
  private checkExpired(): void {
    const { scheduler, plan, walletTables } = this.world;
    const latestMs = scheduler.nowMs + Math.max(...plan.walletSkewsMs);
    for (const { id, state, expiresAtMs } of walletTables.leases.all()) {
      if (state !== 'expired' || this.expired.has(id)) continue;
      this.expired.add(id);
      const earlyMs = expiresAtMs + plan.terms.graceMs - latestMs;
      if (earlyMs < 0) continue;
      this.violate('leases expire after their grace period', `${id} ended ${earlyMs} ms too early`);
    }
  }

  /** What a gateway may still give out, and what its calls have reserved, is held for it in the ledger. */
  private checkSecured({ pool, life }: ObservedGateway): void {
    for (const lease of [...leasesIn(pool).values()].flat()) {
      const { leaseId, free, reserved } = lease;
      const row = this.world.walletTables.leases.get(leaseId);
      const remaining = row ? remainingOf(row) : 0n;
      if (free + reserved <= remaining) continue;
      const isGone = !row || !isHolding(row);
      // What it has of a lease that is gone it gives out no more: nothing depends on it.
      if (isGone && reserved === 0n && isOver(lease, life.clock.nowMs())) continue;
      const detail = `${life.name} has ${free} free and ${reserved} reserved of ${leaseId}, which is ${row?.state} and holds ${remaining}`;
      this.violate('money given out is held', detail);
    }
  }
}
