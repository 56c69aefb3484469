import type { Clock } from '@ao/kernel';
import type { LedgerStore } from './ports.js';

const PERIODS_PER_TRANSACTION_MAX = 100;
/** A caller that lost its answer asks again within seconds. */
const ACQUISITION_RETENTION_MS = 3_600_000;
/** A record that comes later than this is posted by the time of its call. */
const LEASE_RETENTION_MS = 30 * 24 * 3_600_000;
/** The bus keeps nothing for longer; past it, the keys of the entries still refuse a repetition. */
const INBOX_RETENTION_MS = 7 * 24 * 3_600_000;

/** Releases what crashed gateways left held, and forgets what nobody asks for any more. Any number may run at once. */
export class SweepLeases {
  constructor(
    private readonly store: LedgerStore,
    private readonly clock: Clock,
    private readonly graceMs: number,
  ) {}

  /** Gives the number of leases that expired. */
  async execute(): Promise<number> {
    let expired = 0;
    for (;;) {
      const { leases, more } = await this.expireSome();
      expired += leases;
      if (!more) return expired;
    }
  }

  async prune(): Promise<number> {
    const nowMs = this.clock.nowMs();
    const before = { acquisitionsMs: nowMs - ACQUISITION_RETENTION_MS, leasesMs: nowMs - LEASE_RETENTION_MS };
    return this.store.prune(before, INBOX_RETENTION_MS);
  }

  private expireSome(): Promise<{ leases: number; more: boolean }> {
    return this.store.transact(async (transaction) => {
      const beforeMs = this.clock.nowMs() - this.graceMs;
      const { ledger, overdueLeaseIds } = await transaction.lockOverdue(beforeMs, PERIODS_PER_TRANSACTION_MAX);
      for (const leaseId of overdueLeaseIds) ledger.expire(leaseId);
      await transaction.save(ledger, [], []);
      return { leases: overdueLeaseIds.length, more: ledger.changes.balances.length === PERIODS_PER_TRANSACTION_MAX };
    });
  }
}
