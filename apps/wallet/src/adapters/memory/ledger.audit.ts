import { nanoUsd } from '@ao/kernel';
import type { LedgerAudit, LedgerViolation } from '../../application/ports.js';
import { effectOf } from '../../domain/entry.js';
import { remainingOf } from '../../domain/lease.js';
import { periodRefKey, type PeriodRef } from '../../domain/ledger.js';
import type { WalletTables } from './wallet-tables.js';

/** The laws of the ledger over its tables in memory: those of `PostgresLedgerAudit`. */
export class MemoryLedgerAudit implements LedgerAudit {
  constructor(private readonly tables: WalletTables) {}

  async findViolations(violationsMax: number): Promise<LedgerViolation[]> {
    const entries = this.tables.entries.all();
    const posted = sumsBy(entries, (entry) => effectOf(entry).spent);
    const credited = sumsBy(entries, (entry) => effectOf(entry).credited);
    const covered = sumsBy(entries, ({ kind, leaseId, amount }) => (kind === 'usage' && leaseId ? amount : 0n));
    const held = sumsBy(this.tables.leases.all(), remainingOf);
    const violations: LedgerViolation[] = [];
    const compare = (law: LedgerViolation['law'], of: PeriodRef, expected: bigint, found: bigint): void => {
      const holds = law === 'spend_within_limit' ? found <= expected : found === expected;
      const { walletId, periodKey } = of;
      if (!holds)
        violations.push({ law, orgId: null, walletId, periodKey, expected: nanoUsd(expected), found: nanoUsd(found) });
    };
    for (const row of this.tables.periods.all()) {
      const key = periodRefKey(row);
      compare('posted_equals_entries', row, posted.get(key) ?? 0n, row.posted);
      compare('credited_equals_entries', row, credited.get(key) ?? 0n, row.credit.credited);
      compare('held_equals_leases', row, held.get(key) ?? 0n, row.held);
      compare('spend_within_limit', row, row.spendableMax ?? 0n, row.held + (covered.get(key) ?? 0n));
    }
    for (const entry of entries) {
      if (!this.tables.periods.get(periodRefKey(entry))) compare('posted_equals_entries', entry, entry.amount, 0n);
    }
    return violations.slice(0, violationsMax);
  }
}

function sumsBy<Row extends PeriodRef>(rows: readonly Row[], amountOf: (row: Row) => bigint): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const row of rows) {
    const key = periodRefKey(row);
    sums.set(key, (sums.get(key) ?? 0n) + amountOf(row));
  }
  return sums;
}
