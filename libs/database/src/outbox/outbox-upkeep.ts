import type { Queryable } from './append-outbox.js';

export interface OutboxLag {
  /** Events waiting to be published. */
  waitingCount: number;
  /** Age of the oldest of them; 0 when none waits. */
  oldestWaitingMs: number;
  /** Events that can never be published as they are. */
  parkedCount: number;
}

export async function readOutboxLag(client: Queryable): Promise<OutboxLag> {
  const { rows } = await client.query<{ waiting: string; oldest_ms: number; parked: string }>(
    `SELECT count(*) FILTER (WHERE parked_at IS NULL) AS waiting, count(parked_at) AS parked,
            coalesce(extract(epoch FROM now() - min(occurred_at) FILTER (WHERE parked_at IS NULL)) * 1000, 0)::float8 AS oldest_ms
     FROM outbox WHERE published_at IS NULL`,
  );
  const row = rows[0]!;
  return {
    waitingCount: Number(row.waiting),
    oldestWaitingMs: Math.max(0, row.oldest_ms),
    parkedCount: Number(row.parked),
  };
}

/** Rows removed by one call at most, so that its locks are short. */
const PRUNE_ROWS_MAX = 20_000;

/** Removes events published longer than `retentionMs` ago; gives the number of rows removed. */
export async function pruneOutbox(client: Queryable, retentionMs: number): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM outbox WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM outbox WHERE published_at < now() - $1 * interval '1 millisecond' LIMIT ${PRUNE_ROWS_MAX}))`,
    [retentionMs],
  );
  return rowCount ?? 0;
}
