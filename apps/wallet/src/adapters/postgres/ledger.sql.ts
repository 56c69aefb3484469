/** The hot statements of the ledger: each handles a whole batch, given as one array per column. */

export const BALANCE_COLUMNS = `wallet_id, period_key, posted, held, transferred_in, transferred_out, spendable_max,
  credited, refunded, drawn, next_expiry_at, top_up_requested_at`;

/*
 * The one order in which balances are locked, by everyone: two transactions that want the same rows meet at the first of
 * them, so none waits for another in a circle. NO KEY: rows that refer to a balance may still be written.
 */
export const LOCK_PERIODS = `
SELECT ${BALANCE_COLUMNS}
FROM period_balance JOIN unnest($1::text[], $2::text[]) AS wanted (wallet_id, period_key) USING (wallet_id, period_key)
ORDER BY wallet_id, period_key FOR NO KEY UPDATE OF period_balance`;

export const LOCK_OVERDUE_PERIODS = `
SELECT ${BALANCE_COLUMNS} FROM period_balance
WHERE (wallet_id, period_key) IN
  (SELECT DISTINCT wallet_id, period_key FROM lease WHERE state IN ('open', 'closing') AND expires_at < $1 LIMIT $2)
ORDER BY wallet_id, period_key FOR NO KEY UPDATE SKIP LOCKED`;

const LEASE_COLUMNS =
  'lease.id, acquisition_id, gateway_id, lease.wallet_id, lease.period_key, granted, used, returned, return_sequence, state, expires_at';

export const SELECT_LEASES = `SELECT ${LEASE_COLUMNS} FROM lease WHERE id = ANY($1::text[])`;

/** What a closing lease has left its gateway has spent already; only open ones have anything to give back. */
export const SELECT_HOLDERS = `
SELECT lease.gateway_id, max(acquisition.created_at) AS granted_at
FROM lease LEFT JOIN acquisition ON acquisition.id = lease.acquisition_id
WHERE lease.wallet_id = $1 AND lease.state = 'open' AND granted - used - returned > 0
GROUP BY lease.gateway_id LIMIT $2`;

export const SELECT_OVERDUE_LEASES = `
SELECT ${LEASE_COLUMNS} FROM lease
JOIN unnest($1::text[], $2::text[]) AS locked (wallet_id, period_key) USING (wallet_id, period_key)
WHERE state IN ('open', 'closing') AND expires_at < $3`;

export const INSERT_PERIODS = `
INSERT INTO period_balance (wallet_id, period_key, starts_at, ends_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS wanted (w, p, s, e) ORDER BY w, p
ON CONFLICT DO NOTHING RETURNING wallet_id, period_key`;

/** Of the periods just made, those that follow another one of their wallet: a reset. */
export const SELECT_RESET_PERIODS = `
SELECT made.wallet_id, made.period_key
FROM period_balance AS made JOIN unnest($1::text[], $2::text[]) AS wanted (wallet_id, period_key) USING (wallet_id, period_key)
WHERE EXISTS (SELECT FROM period_balance AS earlier
  WHERE earlier.wallet_id = made.wallet_id AND earlier.starts_at < made.starts_at)`;

export const UPDATE_BALANCES = `
UPDATE period_balance SET posted = now.posted, held = now.held, transferred_in = now.transferred_in,
  transferred_out = now.transferred_out, spendable_max = now.spendable_max
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
  AS now (wallet_id, period_key, posted, held, transferred_in, transferred_out, spendable_max)
WHERE period_balance.wallet_id = now.wallet_id AND period_balance.period_key = now.period_key`;

export const INSERT_LEASES = `
INSERT INTO lease (id, acquisition_id, gateway_id, wallet_id, period_key, granted, state, expires_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[])`;

export const UPDATE_LEASES = `
UPDATE lease SET used = now.used, returned = now.returned, return_sequence = now.return_sequence, state = now.state,
  expires_at = now.expires_at
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::int[], $5::text[], $6::timestamptz[])
  AS now (id, used, returned, return_sequence, state, expires_at)
WHERE lease.id = now.id`;

export const INSERT_ENTRIES = `
INSERT INTO entry (id, idempotency_key, wallet_id, org_id, period_key, kind, amount, debit_account, credit_account,
  request_id, lease_id, posted_at, note)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[],
  $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[])`;

export const SELECT_POSTED_KEYS = 'SELECT idempotency_key FROM entry WHERE idempotency_key = ANY($1::text[])';

export const INSERT_CROSSINGS = `
INSERT INTO threshold_crossing (wallet_id, period_key, percent, crossed_at)
SELECT w, p, t, $4::timestamptz FROM unnest($1::text[], $2::text[], $3::int[]) AS reached (w, p, t)
ON CONFLICT DO NOTHING RETURNING wallet_id, period_key, percent`;

export const SELECT_ACQUISITIONS =
  'SELECT id, org_id, gateway_id, wallet_id, answer FROM acquisition WHERE id = ANY($1::text[])';

export const INSERT_ACQUISITIONS = `
INSERT INTO acquisition (id, org_id, gateway_id, wallet_id, answer, created_at)
SELECT *, $6::timestamptz FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
ON CONFLICT (id) DO NOTHING`;

/** Deletes at most this many rows at once, so that its locks are short. */
const PRUNE_ROWS_MAX = 10_000;

export const PRUNE_ACQUISITIONS = `
DELETE FROM acquisition WHERE id IN (SELECT id FROM acquisition WHERE created_at < $1 LIMIT ${PRUNE_ROWS_MAX})`;

export const PRUNE_LEASES = `
DELETE FROM lease WHERE id IN
  (SELECT id FROM lease WHERE state IN ('closed', 'expired') AND expires_at < $1 LIMIT ${PRUNE_ROWS_MAX})`;
