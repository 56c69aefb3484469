/** The statements about transfers. What tells of time is compared with a given instant, never with the server's clock. */

const COLUMNS = `id, org_id, from_wallet_id, to_wallet_id, amount, reason, note, state, requested_by, requested_by_user,
  decided_by, decision_reason, created_at, expires_at, decided_at`;

/** What is pending past its time is expired, whether or not it has been marked. */
const STATE_SEEN = `CASE WHEN state = 'pending' AND expires_at <= $7 THEN 'expired' ELSE state END`;

export const SELECT_TRANSFER = `SELECT ${COLUMNS} FROM transfer WHERE org_id = $1 AND id = $2`;

/** $1 organisation, $2 after, $3 and $4 requester (key, person), $5 state, $6 wallet, $7 now, $8 limit; null: any. */
export const LIST_TRANSFERS = `
SELECT ${COLUMNS} FROM transfer
WHERE org_id = $1 AND ($2::text IS NULL OR id < $2)
  AND ($3::text IS NULL OR requested_by = $3 OR requested_by_user = $4)
  AND ($5::text IS NULL OR ${STATE_SEEN} = $5)
  AND ($6::text IS NULL OR $6 IN (from_wallet_id, to_wallet_id))
ORDER BY id DESC LIMIT $8`;

export const SERIALISE_REQUESTS = `SELECT pg_advisory_xact_lock(hashtextextended('transfer:' || $1, 0))`;

export const SELECT_MADE = `SELECT ${COLUMNS} FROM transfer WHERE requested_by = $1 AND idempotency_key = $2`;

export const COUNT_PENDING = `
SELECT count(*)::int AS count FROM transfer WHERE requested_by = $1 AND state = 'pending' AND expires_at > $2`;

export const INSERT_TRANSFER = `
INSERT INTO transfer (${COLUMNS}, idempotency_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

export const LOCK_TRANSFER = `${SELECT_TRANSFER} FOR NO KEY UPDATE`;

export const LOCK_OVERDUE_TRANSFERS = `
SELECT ${COLUMNS} FROM transfer WHERE state = 'pending' AND expires_at <= $1
ORDER BY expires_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`;

export const SELECT_WALLET_NAMES = 'SELECT id, name FROM wallet WHERE id = ANY($1::text[])';

/** Only what is pending: should a lock ever be forgotten, the first decision stands. */
export const DECIDE_TRANSFERS = `
UPDATE transfer SET state = now.state, decided_by = now.decided_by, decision_reason = now.decision_reason,
  decided_at = now.decided_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
  AS now (id, state, decided_by, decision_reason, decided_at)
WHERE transfer.id = now.id AND transfer.state = 'pending'`;
