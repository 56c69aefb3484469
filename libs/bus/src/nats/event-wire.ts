import type { EncodedEvent, EventEnvelope } from '../bus.js';

/**
 * An event as the body of one NATS message: a JSON object that embeds the payload as it was encoded. The subject is the
 * message's own. Ids are in the body because headers cannot carry every text.
 */
export function packEvent({ id, occurredAt, requestId, payload }: EncodedEvent): string {
  const envelope = JSON.stringify({ id, occurredAt, requestId });
  return `${envelope.slice(0, -1)},"payload":${payload}}`;
}

/**
 * The way back; the payload stays plain JSON.
 * @throws Error when the body is no such object
 */
export function unpackEvent(subject: string, body: string): EventEnvelope {
  const { id, occurredAt, requestId, payload } = JSON.parse(body) as Partial<EventEnvelope>;
  if (typeof id !== 'string' || typeof occurredAt !== 'string') throw new Error('the message has no id or no time');
  return { id, subject, occurredAt, payload, ...(requestId !== undefined && { requestId }) };
}
