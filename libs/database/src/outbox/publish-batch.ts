import { AppError, withDeadline } from '@ao/kernel';
import type { Database } from '../database.js';
import type { OutboxEvent, Queryable } from './append-outbox.js';
import { publishInOrder, type PublishReport } from './publish-in-order.js';

export interface BatchOptions {
  database: Database;
  publish: (event: OutboxEvent) => Promise<void>;
  batchSizeMax: number;
  inFlightMax: number;
  publishTimeoutMs: number;
}

/** `elsewhere`: another replica is publishing this outbox right now. */
export type BatchOutcome = { kind: 'elsewhere' } | ({ kind: 'done'; readCount: number } & PublishReport);

interface OutboxRow {
  sequence: string;
  id: string;
  subject: string;
  payload: string;
  occurred_at: Date;
  request_id: string | null;
}

/** Any number that our other advisory locks do not use as their first key. */
const RELAY_LOCK_CLASS = 7_270_737;

/**
 * Publishes the oldest waiting events and records how each one went. One transaction holds the relay lock meanwhile, so
 * that of several replicas one publishes and the order is kept; a crash before the commit means publishing again, which
 * the bus and the inbox recognise by the event id.
 */
export async function publishBatch(options: BatchOptions): Promise<BatchOutcome> {
  return options.database.transaction(async (client) => {
    const { rows: locks } = await client.query<{ held: boolean }>(
      'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS held',
      [RELAY_LOCK_CLASS, options.database.schema],
    );
    if (!locks[0]?.held) return { kind: 'elsewhere' };
    const rows = await readWaiting(client, options.batchSizeMax);
    const report = await publishInOrder(rows.map(toEvent), options.inFlightMax, (event) =>
      withDeadline(
        options.publish(event),
        options.publishTimeoutMs,
        () => new AppError('timeout', 'The bus did not acknowledge in time.'),
      ),
    );
    await record(client, report);
    return { kind: 'done', readCount: rows.length, ...report };
  });
}

async function readWaiting(client: Queryable, limit: number): Promise<OutboxRow[]> {
  const { rows } = await client.query<OutboxRow>(
    `SELECT sequence, id, subject, payload, occurred_at, request_id FROM outbox
     WHERE published_at IS NULL AND parked_at IS NULL ORDER BY sequence LIMIT $1`,
    [limit],
  );
  return rows;
}

function toEvent(row: OutboxRow): OutboxEvent {
  const event = { id: row.id, subject: row.subject, payload: row.payload, occurredAt: row.occurred_at.toISOString() };
  return row.request_id === null ? event : { ...event, requestId: row.request_id };
}

async function record(client: Queryable, report: PublishReport): Promise<void> {
  if (report.publishedIds.length > 0) {
    await client.query(
      'UPDATE outbox SET published_at = now(), attempts = attempts + 1, last_error = NULL WHERE id = ANY($1::text[])',
      [report.publishedIds],
    );
  }
  if (report.failures.length > 0) {
    await client.query(
      `UPDATE outbox SET attempts = attempts + 1, last_error = failure.reason, parked_at = CASE WHEN failure.final THEN now() END
       FROM unnest($1::text[], $2::text[], $3::boolean[]) AS failure (id, reason, final) WHERE outbox.id = failure.id`,
      [
        report.failures.map((failure) => failure.id),
        report.failures.map((failure) => failure.reason),
        report.failures.map((failure) => failure.final),
      ],
    );
  }
}
