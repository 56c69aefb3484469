import type { Queryable } from '@ao/database';
import { nanoUsd } from '@ao/kernel';
import type { LedgerViolation } from '../../application/ports.js';

/** What entries do to the balance of their wallet and period. Sums of BIGINT are NUMERIC, so they cannot overflow. */
export const EFFECTS = `
  sum(CASE WHEN debit_account = 'wallet:' || wallet_id THEN amount
    WHEN credit_account = 'wallet:' || wallet_id THEN -amount ELSE 0 END) AS posted,
  sum(CASE WHEN credit_account = 'credit:' || wallet_id THEN amount
    WHEN debit_account = 'credit:' || wallet_id THEN -amount ELSE 0 END) AS credited,
  sum(CASE WHEN credit_account = 'wallet:' || wallet_id THEN amount ELSE 0 END) AS refunded,
  sum(CASE WHEN kind = 'usage' AND lease_id IS NOT NULL THEN amount ELSE 0 END) AS covered`;

/** Everything: each entry is read. */
const WHOLE_LEDGER = `
  sums AS (SELECT wallet_id, period_key, ${EFFECTS} FROM entry GROUP BY 1, 2),
  balances AS (SELECT * FROM period_balance)`;

/** What was touched since `$2`: entries since then are read, of those before their sums. */
const SINCE_CHECKPOINT = `
  recent AS (SELECT wallet_id, period_key, ${EFFECTS} FROM entry WHERE posted_at >= $2 GROUP BY 1, 2),
  touched AS (SELECT wallet_id, period_key FROM recent
    UNION SELECT wallet_id, period_key FROM lease WHERE state IN ('open', 'closing')),
  sums AS (SELECT wallet_id, period_key, sum(posted) AS posted, sum(credited) AS credited, sum(refunded) AS refunded,
      sum(covered) AS covered
    FROM (SELECT * FROM recent UNION ALL
      SELECT wallet_id, period_key, posted, credited, refunded, covered
      FROM ledger_checkpoint JOIN touched USING (wallet_id, period_key)) AS parts GROUP BY 1, 2),
  balances AS (SELECT period_balance.* FROM period_balance JOIN touched USING (wallet_id, period_key))`;

/*
 * Each law with what it expects and what is found. An overage or a correction lies beyond a limit by its nature; what
 * leases covered never does, but for what refunds gave back.
 */
const lawsOver = (scope: string): string => `
WITH ${scope},
  leased AS (SELECT wallet_id, period_key, sum(granted - used - returned) AS held
    FROM lease WHERE state IN ('open', 'closing') GROUP BY 1, 2),
  given AS (SELECT wallet_id, sum(amount - expired) AS credited FROM credit GROUP BY 1),
  looked AS (
    SELECT wallet_id, period_key, wallet.org_id,
      coalesce(balances.posted, 0) AS posted, coalesce(sums.posted, 0) AS sum_posted,
      coalesce(balances.credited, 0) AS credited, coalesce(sums.credited, 0) AS sum_credited,
      coalesce(given.credited, 0) AS given,
      coalesce(balances.refunded, 0) AS refunded, coalesce(sums.refunded, 0) AS sum_refunded,
      coalesce(balances.held, 0) AS held, coalesce(leased.held, 0) AS sum_held,
      coalesce(balances.held, 0) + coalesce(sums.covered, 0) AS secured,
      CASE WHEN wallet.kind = 'prepaid' THEN balances.credited ELSE coalesce(balances.spendable_max, 0) END AS spendable
    FROM balances FULL JOIN sums USING (wallet_id, period_key) LEFT JOIN leased USING (wallet_id, period_key)
      LEFT JOIN given USING (wallet_id) LEFT JOIN wallet ON wallet.id = wallet_id)
SELECT law, org_id, wallet_id, period_key, expected, found
FROM looked CROSS JOIN LATERAL (VALUES
  ('posted_equals_entries', sum_posted, posted, sum_posted = posted),
  ('credited_equals_entries', sum_credited, credited, sum_credited = credited),
  ('credited_equals_credits', given, credited, given = credited),
  ('refunded_equals_entries', sum_refunded, refunded, sum_refunded = refunded),
  ('held_equals_leases', sum_held, held, sum_held = held),
  ('spend_within_limit', spendable + refunded, secured, secured <= spendable + refunded)
) AS laws (law, expected, found, holds)
WHERE holds IS NOT TRUE LIMIT $1`;

/** The whole ledger of years; the rest of the service goes on meanwhile. */
const READ_TIMEOUT_MS = 1_800_000;

/** For what reads more than the limits of ordinary statements allow. */
export async function readSlowly<Row extends object>(
  client: Queryable,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  await client.query(`SET LOCAL statement_timeout = ${READ_TIMEOUT_MS}`);
  // The client has a limit of its own; `pg` knows the option, its types do not.
  const query = { text, values, query_timeout: READ_TIMEOUT_MS };
  return (await client.query<Row>(query)).rows;
}

interface ViolationRow {
  law: LedgerViolation['law'];
  org_id: string | null;
  wallet_id: string | null;
  period_key: string | null;
  expected: string | null;
  found: string | null;
}

/** The laws that do not hold. The whole table is read, or what was posted since a time and the sums of what was before. */
export async function findBroken(
  client: Queryable,
  { max, since }: { max: number; since: string | null },
): Promise<LedgerViolation[]> {
  const rows =
    since === null
      ? await readSlowly<ViolationRow>(client, lawsOver(WHOLE_LEDGER), [max])
      : await readSlowly<ViolationRow>(client, lawsOver(SINCE_CHECKPOINT), [max, since]);
  return rows.map(toViolation);
}

const toViolation = (row: ViolationRow): LedgerViolation => ({
  law: row.law,
  orgId: row.org_id,
  walletId: row.wallet_id,
  periodKey: row.period_key,
  expected: nanoUsd(BigInt(row.expected ?? 0)),
  found: nanoUsd(BigInt(row.found ?? 0)),
});
