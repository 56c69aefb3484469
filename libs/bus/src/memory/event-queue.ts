import { AppError, sleep, withDeadline, type Logger } from '@ao/kernel';
import type { Delivery, EncodedEvent } from '../bus.js';

const RETRY_DELAY_MS_FIRST = 50;
const RETRY_DELAY_MS_MAX = 5_000;
const STOP_DEADLINE_MS = 5_000;
/** Past this the publisher is told to keep its events: memory has a bound. */
const WAITING_EVENTS_MAX = 100_000;

interface Waiting {
  event: EncodedEvent;
  done: () => void;
  failed: (error: Error) => void;
}

/** The events on their way to one subscriber: batches, retries one by one, sets aside what can never succeed. */
export class EventQueue {
  private readonly waiting: Waiting[] = [];
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    private readonly delivery: Delivery,
    private readonly logger: Logger,
    private readonly handle: (events: EncodedEvent[]) => Promise<void> | void,
  ) {}

  /** Resolves when the event was handled, or at once for a broadcast. */
  add(event: EncodedEvent): Promise<void> {
    if (this.stopping.signal.aborted) return Promise.reject(new Error('the subscription is stopped'));
    if (this.waiting.length >= WAITING_EVENTS_MAX) return Promise.reject(new Error('too many events are waiting'));
    const handled = new Promise<void>((done, failed) => this.waiting.push({ event, done, failed }));
    this.running ??= this.drain().finally(() => (this.running = null));
    if (this.delivery.kind === 'broadcast') {
      handled.catch(() => undefined);
      return Promise.resolve();
    }
    return handled;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const stopped = new Error('the subscription stopped before the event was handled');
    for (const { failed } of this.waiting.splice(0)) failed(stopped);
    if (this.running) await withDeadline(this.running, STOP_DEADLINE_MS, () => stopped).catch(() => undefined);
  }

  private async drain(): Promise<void> {
    // A batch fills while the publisher's other events arrive in this turn or within the stated wait.
    await sleep(this.delivery.kind === 'durable' ? (this.delivery.batchWaitMs ?? 0) : 0, this.stopping.signal);
    while (this.waiting.length > 0 && !this.stopping.signal.aborted) {
      const batch = this.waiting.splice(0, this.delivery.kind === 'durable' ? (this.delivery.batchSizeMax ?? 1) : 1);
      if (batch.length > 1 && (await this.attempt(batch))) continue;
      for (const one of batch) await this.untilHandled(one);
    }
  }

  private async attempt(batch: Waiting[]): Promise<boolean> {
    try {
      await this.handle(batch.map(({ event }) => event));
      for (const { done } of batch) done();
      return true;
    } catch (error) {
      this.logger.warn({ err: error, events: batch.length }, 'an event batch failed; its events go one by one');
      return false;
    }
  }

  private async untilHandled(one: Waiting): Promise<void> {
    for (let delayMs = RETRY_DELAY_MS_FIRST; ; delayMs = Math.min(delayMs * 2, RETRY_DELAY_MS_MAX)) {
      if (this.stopping.signal.aborted) return one.failed(new Error('the subscription stopped'));
      try {
        await this.handle([one.event]);
        return one.done();
      } catch (error) {
        const fields = { err: error, subject: one.event.subject, eventId: one.event.id };
        if (this.delivery.kind === 'broadcast' || (error instanceof AppError && !error.retryable)) {
          this.logger.error(fields, 'an event can never be handled and was set aside');
          return one.done();
        }
        this.logger.warn({ ...fields, delayMs }, 'an event was not handled and will be tried again');
        await sleep(delayMs, this.stopping.signal);
      }
    }
  }
}
