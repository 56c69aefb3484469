import { AppError } from '@ao/kernel';
import type { OutboxEvent } from './append-outbox.js';

interface PublishFailure {
  id: string;
  reason: string;
  /** Trying again unchanged cannot succeed (too large, not a valid subject): a person has to look at it. */
  final: boolean;
}

export interface PublishReport {
  publishedIds: string[];
  failures: PublishFailure[];
}

const REASON_LENGTH_MAX = 500;

/**
 * Starts the publications in order, with at most `inFlightMax` unacknowledged, and starts no more after a failure that may
 * pass by itself: what was not started is still waiting. A final failure does not hold up those behind it.
 */
export async function publishInOrder(
  events: readonly OutboxEvent[],
  inFlightMax: number,
  publish: (event: OutboxEvent) => Promise<void>,
): Promise<PublishReport> {
  const report: PublishReport = { publishedIds: [], failures: [] };
  let next = 0;
  let stopped = false;
  const lane = async (): Promise<void> => {
    while (!stopped && next < events.length) {
      const event = events[next++]!;
      try {
        await publish(event);
        report.publishedIds.push(event.id);
      } catch (error) {
        const failure = toFailure(event.id, error);
        report.failures.push(failure);
        stopped ||= !failure.final;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlightMax, events.length) }, lane));
  return report;
}

function toFailure(id: string, error: unknown): PublishFailure {
  const final = error instanceof AppError && !error.retryable;
  const text = error instanceof AppError ? `${error.code}: ${error.internal ?? error.message}` : String(error);
  return { id, reason: text.slice(0, REASON_LENGTH_MAX), final };
}
