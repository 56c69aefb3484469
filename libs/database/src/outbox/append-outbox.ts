import type pg from 'pg';
import { markOutbox } from './outbox-mark.js';

/** A fact on its way to the bus. */
export interface OutboxEvent {
  /** Unique for ever: the bus and every consumer recognise a repetition by it. */
  id: string;
  /** `evt.<owner>.<noun>.<past-verb>.v<N>` */
  subject: string;
  /** The JSON text of the payload, published byte for byte. */
  payload: string;
  /** ISO 8601. */
  occurredAt: string;
  requestId?: string;
}

export type Queryable = Pick<pg.ClientBase, 'query'>;

const INSERT = `
INSERT INTO outbox (id, subject, payload, occurred_at, request_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
ON CONFLICT (id) DO NOTHING`;

/**
 * Writes events in one statement, in the order given, inside the transaction that `client` has open. An id that is
 * already there is left as it is, so a repeated use case appends nothing twice. The commit wakes this process's relay;
 * there is no NOTIFY, because PostgreSQL serialises the commits of all transactions that notify.
 */
export async function appendOutbox(client: Queryable, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query(INSERT, [
    events.map((event) => event.id),
    events.map((event) => event.subject),
    events.map((event) => event.payload),
    events.map((event) => event.occurredAt),
    events.map((event) => event.requestId ?? null),
  ]);
  markOutbox(client);
}
