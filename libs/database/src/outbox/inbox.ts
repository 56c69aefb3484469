import type { Queryable } from './append-outbox.js';

/**
 * Records that `consumer` is handling these events, in the caller's transaction, and gives the ids it had not handled
 * before, in the order given and each once. A second delivery waits for the first one's transaction: it then claims
 * nothing after a commit, everything after a rollback.
 */
export async function claimInbox(client: Queryable, consumer: string, eventIds: readonly string[]): Promise<string[]> {
  if (eventIds.length === 0) return [];
  // One fixed order of rows, or two batches that overlap could deadlock.
  const ids = [...new Set(eventIds)].sort();
  const { rows } = await client.query<{ event_id: string }>(
    `INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::text[])
     ON CONFLICT (consumer, event_id) DO NOTHING RETURNING event_id`,
    [consumer, ids],
  );
  const claimed = new Set(rows.map((row) => row.event_id));
  return eventIds.filter((id) => claimed.delete(id));
}

/** Rows removed by one call at most, so that its locks are short. */
const PRUNE_ROWS_MAX = 5_000;

/** Forgets claims older than `retentionMs` (longer than the bus can redeliver); gives the number of rows removed. */
export async function pruneInbox(client: Queryable, retentionMs: number): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM inbox WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM inbox WHERE received_at < now() - $1 * interval '1 millisecond' LIMIT ${PRUNE_ROWS_MAX}))`,
    [retentionMs],
  );
  return rowCount ?? 0;
}
