import type { Database } from '@ao/database';
import { nanoUsd } from '@ao/kernel';
import type { LedgerAudit, LedgerViolation } from '../../application/ports.js';

/** Each law as a query for what breaks it. Sums of BIGINT are NUMERIC, so they cannot overflow. */
const LAWS: Record<LedgerViolation['law'], string> = {
  posted_equals_entries: `
    SELECT wallet_id, period_key, coalesce(entries.total, 0) AS expected, coalesce(balance.posted, 0) AS found
    FROM period_balance AS balance FULL JOIN (
      SELECT wallet_id, period_key, sum(CASE WHEN debit_account = 'wallet:' || wallet_id THEN amount ELSE -amount END) AS total
      FROM entry WHERE kind NOT IN ('transfer_in', 'transfer_out') GROUP BY wallet_id, period_key) AS entries USING (wallet_id, period_key)
    WHERE coalesce(balance.posted, 0) <> coalesce(entries.total, 0)`,
  transferred_equals_entries: `
    SELECT wallet_id, period_key, coalesce(moved_in - moved_out, 0) AS expected,
      coalesce(balance.transferred_in - balance.transferred_out, 0) AS found
    FROM period_balance AS balance FULL JOIN (
      SELECT wallet_id, period_key, sum(CASE WHEN credit_account = 'budget:' || wallet_id THEN amount ELSE 0 END) AS moved_in,
        sum(CASE WHEN debit_account = 'budget:' || wallet_id THEN amount ELSE 0 END) AS moved_out
      FROM entry WHERE kind IN ('transfer_in', 'transfer_out') GROUP BY wallet_id, period_key) AS entries USING (wallet_id, period_key)
    WHERE (coalesce(balance.transferred_in, 0), coalesce(balance.transferred_out, 0)) <> (coalesce(moved_in, 0), coalesce(moved_out, 0))`,
  // Approved: every entry has the whole amount, and what left one branch has arrived in the other. Else: no entry.
  transfers_are_complete: `
    SELECT transfer.to_wallet_id AS wallet_id, NULL AS period_key,
      CASE WHEN state = 'approved' THEN transfer.amount ELSE 0 END AS expected, coalesce(largest, 0) AS found
    FROM transfer LEFT JOIN (
      SELECT split_part(idempotency_key, ':', 2) AS id, min(amount) AS smallest, max(amount) AS largest,
        sum(CASE WHEN debit_account LIKE 'transfer:%' THEN amount WHEN credit_account LIKE 'transfer:%' THEN -amount ELSE 0 END) AS uneven
      FROM entry WHERE kind IN ('transfer_in', 'transfer_out') GROUP BY 1) AS entries USING (id)
    WHERE (CASE WHEN state = 'approved' THEN (smallest, largest, uneven) = (transfer.amount, transfer.amount, 0)
      ELSE entries.id IS NULL END) IS NOT TRUE`,
  held_equals_leases: `
    SELECT wallet_id, period_key, coalesce(leases.total, 0) AS expected, balance.held AS found
    FROM period_balance AS balance LEFT JOIN (
      SELECT wallet_id, period_key, sum(granted - used - returned) AS total
      FROM lease WHERE state IN ('open', 'closing') GROUP BY wallet_id, period_key) AS leases USING (wallet_id, period_key)
    WHERE balance.held <> coalesce(leases.total, 0)`,
  accounts_sum_to_zero: `
    SELECT NULL AS wallet_id, NULL AS period_key, 0 AS expected, sum(total) AS found FROM (
      SELECT debit_account AS account, sum(amount) AS total FROM entry GROUP BY 1
      UNION ALL SELECT credit_account, -sum(amount) FROM entry GROUP BY 1) AS accounts
    HAVING sum(total) <> 0`,
  // An overage lies beyond the limit by its nature; what leases covered never does.
  spend_within_limit: `
    SELECT wallet_id, period_key, balance.spendable_max AS expected, balance.held + coalesce(covered.total, 0) AS found
    FROM period_balance AS balance LEFT JOIN (
      SELECT wallet_id, period_key, sum(amount) AS total
      FROM entry WHERE kind = 'usage' AND lease_id IS NOT NULL GROUP BY wallet_id, period_key) AS covered USING (wallet_id, period_key)
    WHERE balance.held + coalesce(covered.total, 0) > coalesce(balance.spendable_max, 0)`,
};

interface ViolationRow {
  wallet_id: string | null;
  period_key: string | null;
  expected: string;
  found: string;
}

export class PostgresLedgerAudit implements LedgerAudit {
  constructor(private readonly database: Database) {}

  findViolations(violationsMax: number): Promise<LedgerViolation[]> {
    return this.database.transaction(async (client) => {
      // One snapshot for all laws: between two, postings would look like mistakes.
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const violations: LedgerViolation[] = [];
      for (const [law, text] of Object.entries(LAWS)) {
        const { rows } = await client.query<ViolationRow>(`${text} LIMIT $1`, [violationsMax - violations.length]);
        violations.push(...rows.map((row) => toViolation(law as LedgerViolation['law'], row)));
      }
      return violations;
    });
  }
}

const toViolation = (law: LedgerViolation['law'], row: ViolationRow): LedgerViolation => ({
  law,
  walletId: row.wallet_id,
  periodKey: row.period_key,
  expected: nanoUsd(BigInt(row.expected)),
  found: nanoUsd(BigInt(row.found)),
});
