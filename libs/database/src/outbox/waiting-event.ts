import type { OutboxEvent } from './append-outbox.js';

/** An outbox row that is neither published nor parked. */
export interface WaitingEvent {
  /** Its place in the order of writing. */
  sequence: number;
  /** Publications that ended before this one. */
  attempts: number;
  event: OutboxEvent;
}
