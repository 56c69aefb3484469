import type { OutboxEvent, Queryable } from './append-outbox.js';
import type { Settled } from './publications.js';
import type { WaitingEvent } from './waiting-event.js';

interface OutboxRow {
  sequence: string;
  id: string;
  subject: string;
  payload: string;
  occurred_at: Date;
  request_id: string | null;
  attempts: number;
}

// `<> ALL` and no join: on a table without statistics the planner would sort all that waits, at every read.
const READ_WAITING = `
SELECT sequence, id, subject, payload, occurred_at, request_id, attempts FROM outbox
WHERE published_at IS NULL AND parked_at IS NULL AND sequence > $1 AND sequence <> ALL($2::bigint[])
ORDER BY sequence LIMIT $3`;

/** The oldest waiting rows behind the sequence `after`, without those of `busy`. */
export async function readWaiting(
  client: Queryable,
  { after, busy, limit }: { after: number; busy: readonly number[]; limit: number },
): Promise<WaitingEvent[]> {
  const { rows } = await client.query<OutboxRow>(READ_WAITING, [after, busy, limit]);
  return rows.map((row) => ({ sequence: Number(row.sequence), attempts: row.attempts, event: toEvent(row) }));
}

function toEvent(row: OutboxRow): OutboxEvent {
  const event = { id: row.id, subject: row.subject, payload: row.payload, occurredAt: row.occurred_at.toISOString() };
  return row.request_id === null ? event : { ...event, requestId: row.request_id };
}

/** When events went out that the bus may have lost. The end is fixed: what is published again lies behind it. */
export interface SuspectTime {
  from: Date;
  until: Date;
}

// The newest may be old: this service was away as well.
const READ_SUSPECT_TIME = `
SELECT now() AS until, least(now() - ($1::float8 + $2::float8) * interval '1 millisecond',
  (SELECT max(published_at) FROM outbox) - $1::float8 * interval '1 millisecond') AS from`;

/** The last `safeAfterMs` before the bus was away for `awayMs`, or before this service had published its last. */
export async function readSuspectTime(client: Queryable, safeAfterMs: number, awayMs: number): Promise<SuspectTime> {
  const { rows } = await client.query<SuspectTime>(READ_SUSPECT_TIME, [safeAfterMs, awayMs]);
  return rows[0]!;
}

/** Lets at most `max` events of that time go out once more; gives their number. */
export async function reopenPublished(client: Queryable, { from, until }: SuspectTime, max: number): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE outbox SET published_at = NULL WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM outbox WHERE published_at BETWEEN $1 AND $2 LIMIT $3))`,
    [from, until, max],
  );
  return rowCount ?? 0;
}

const RECORD_SETTLED = `
UPDATE outbox SET attempts = attempts + 1, last_error = settled.reason,
  published_at = CASE WHEN settled.reason IS NULL THEN now() END,
  parked_at = CASE WHEN settled.final THEN now() END
FROM unnest($1::text[], $2::text[], $3::boolean[]) AS settled (id, reason, final)
WHERE outbox.id = settled.id AND outbox.published_at IS NULL`;

/** Writes down how publications ended. What another replica has published meanwhile stays published. */
export async function recordSettled(client: Queryable, settled: readonly Settled[]): Promise<void> {
  await client.query(RECORD_SETTLED, [
    settled.map(({ id }) => id),
    settled.map(({ failure }) => failure?.reason ?? null),
    settled.map(({ failure }) => failure?.final ?? false),
  ]);
}
