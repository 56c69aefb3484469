import type { Queryable } from '@ao/database';
import type { Credit } from '../../domain/credit.js';
import type { LedgerChanges } from '../../domain/ledger.js';
import { BALANCE_COLUMNS } from './ledger.sql.js';
import { toCredit, toTimestamp, type BalanceRow, type CreditRow } from './rows.js';

export const LOCK_EXPIRING_PERIODS = `
SELECT ${BALANCE_COLUMNS} FROM period_balance
WHERE next_expiry_at IS NOT NULL AND next_expiry_at <= $1 AND wallet_id > $2
ORDER BY wallet_id, period_key LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED`;

const SELECT_CREDITS = `
SELECT id, org_id, wallet_id, period_key, expires_at, remaining, expired
FROM credit JOIN unnest($1::text[], $2::text[]) AS locked (wallet_id, period_key) USING (wallet_id)
WHERE remaining > 0 AND expires_at IS NOT NULL`;

const UPDATE_CREDITS = `
UPDATE credit SET remaining = now.remaining, expired = now.expired
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS now (id, remaining, expired) WHERE credit.id = now.id`;

const UPDATE_CREDIT_STATES = `
UPDATE period_balance SET credited = now.credited, refunded = now.refunded, drawn = now.drawn,
  next_expiry_at = now.next_expiry_at, top_up_requested_at = now.top_up_requested_at
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[])
  AS now (wallet_id, period_key, credited, refunded, drawn, next_expiry_at, top_up_requested_at)
WHERE period_balance.wallet_id = now.wallet_id AND period_balance.period_key = now.period_key`;

/** The credits of the periods in which one has expired at that time, or of all. Budgets have none and cost nothing here. */
export async function readCreditsDue(
  client: Queryable,
  periods: readonly BalanceRow[],
  atMs: number | 'all' | undefined,
): Promise<Credit[]> {
  if (atMs === undefined) return [];
  const wanted = periods.filter(
    (row) => atMs === 'all' || (row.next_expiry_at && row.next_expiry_at.getTime() <= atMs),
  );
  if (wanted.length === 0) return [];
  const columns = [wanted.map((row) => row.wallet_id), wanted.map((row) => row.period_key)];
  return (await client.query<CreditRow>(SELECT_CREDITS, columns)).rows.map(toCredit);
}

/** Writes what changed beside spent and held: rare, and so no part of the statement that every batch runs. */
export async function saveCredits(
  client: Queryable,
  { credits, creditStates: states }: Pick<LedgerChanges, 'credits' | 'creditStates'>,
): Promise<void> {
  if (credits.length > 0) {
    await client.query(UPDATE_CREDITS, [
      credits.map(({ id }) => id),
      credits.map(({ remaining }) => remaining),
      credits.map(({ expired }) => expired),
    ]);
  }
  if (states.length === 0) return;
  await client.query(UPDATE_CREDIT_STATES, [
    states.map(({ walletId }) => walletId),
    states.map(({ periodKey }) => periodKey),
    states.map(({ credit }) => credit.credited),
    states.map(({ credit }) => credit.refunded),
    states.map(({ credit }) => credit.drawn),
    states.map(({ credit }) => toTimestamp(credit.nextExpiryAtMs)),
    states.map(({ credit }) => toTimestamp(credit.topUpRequestedAtMs)),
  ]);
}
