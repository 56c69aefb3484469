import { silentLogger, sleep, systemClock, type Clock, type Logger } from '@ao/kernel';
import type { Database } from '../database.js';
import type { OutboxEvent } from './append-outbox.js';
import { publishBatch } from './publish-batch.js';
import { pruneOutbox, readOutboxLag, type OutboxLag } from './outbox-upkeep.js';

export interface OutboxRelayOptions {
  database: Database;
  /** Resolves when the bus has the event for good. An `AppError` that is not retryable parks the event. */
  publish: (event: OutboxEvent) => Promise<void>;
  /** How often to look without being woken: finds what a killed process left, and what others wrote. */
  pollMs?: number;
  batchSizeMax?: number;
  /** Unacknowledged publications at once; 1 for a bus that does not keep the order of concurrent ones. */
  inFlightMax?: number;
  publishTimeoutMs?: number;
  /** How long published events stay in the table for inspection. */
  retentionMs?: number;
  logger?: Logger;
  clock?: Clock;
}

export interface OutboxCounters {
  publishedCount: number;
  failedCount: number;
  parkedCount: number;
}

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 10_000;
const PRUNE_EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Moves events from a service's outbox to the bus, in the order they were written, at least once. Any number of
 * replicas may run one; see `publishBatch` for how they share.
 */
export class OutboxRelay {
  private readonly options: Required<OutboxRelayOptions>;
  private readonly counts: OutboxCounters = { publishedCount: 0, failedCount: 0, parkedCount: 0 };
  private readonly stopping = new AbortController();
  private pause = new AbortController();
  private woken = false;
  private failuresInRow = 0;
  private prunedAtMs: number;
  private loop: Promise<void> | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(options: OutboxRelayOptions) {
    this.options = {
      pollMs: 500,
      batchSizeMax: 500,
      inFlightMax: 64,
      publishTimeoutMs: 5_000,
      retentionMs: 24 * HOUR_MS,
      logger: silentLogger,
      clock: systemClock,
      ...options,
    };
    this.prunedAtMs = this.options.clock.monotonicMs();
  }

  start(): void {
    this.unsubscribe ??= this.options.database.onOutboxAppended(() => this.wake());
    this.loop ??= this.run();
  }

  /** Looks at the outbox now. Commits through `Database.transaction` call this by themselves. */
  wake(): void {
    this.woken = true;
    this.pause.abort();
  }

  /** Finishes the batch under way and stops. */
  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.stopping.abort();
    this.pause.abort();
    await this.loop;
  }

  /** Since the start of this relay. */
  counters(): Readonly<OutboxCounters> {
    return { ...this.counts };
  }

  /** How far behind the outbox is, read from the database. */
  lag(): Promise<OutboxLag> {
    return readOutboxLag(this.options.database.pool);
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.woken = false;
      const waitMs = await this.step().catch((error: unknown) => this.backOff(error));
      await this.rest(waitMs);
    }
  }

  /** One batch; gives how long to wait before the next. */
  private async step(): Promise<number> {
    const outcome = await publishBatch(this.options);
    if (outcome.kind === 'elsewhere') return Math.min(this.options.pollMs, BACKOFF_FIRST_MS);
    this.count(outcome.publishedIds.length, outcome.failures);
    const passing = outcome.failures.find((failure) => !failure.final);
    if (passing) return this.backOff(passing.reason);
    this.failuresInRow = 0;
    await this.pruneWhenDue();
    return outcome.readCount === this.options.batchSizeMax ? 0 : this.options.pollMs;
  }

  private count(publishedCount: number, failures: readonly { id: string; reason: string; final: boolean }[]): void {
    this.counts.publishedCount += publishedCount;
    this.counts.failedCount += failures.length;
    for (const failure of failures.filter(({ final }) => final)) {
      this.counts.parkedCount += 1;
      this.options.logger.error(
        { eventId: failure.id, reason: failure.reason },
        'event parked: it cannot be published as it is',
      );
    }
  }

  private backOff(error: unknown): number {
    this.failuresInRow += 1;
    const waitMs = Math.min(BACKOFF_FIRST_MS * 2 ** (this.failuresInRow - 1), BACKOFF_MAX_MS);
    this.options.logger.warn(
      { error: String(error), failuresInRow: this.failuresInRow, waitMs },
      'outbox cannot be published, waiting',
    );
    return waitMs;
  }

  /** Waits; a wake ends the wait early, except while backing off from a failure. */
  private async rest(waitMs: number): Promise<void> {
    if (this.stopping.signal.aborted) return;
    if (this.failuresInRow > 0) return sleep(waitMs, this.stopping.signal);
    this.pause = new AbortController();
    if (!this.woken) await sleep(waitMs, this.pause.signal);
  }

  private async pruneWhenDue(): Promise<void> {
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs - this.prunedAtMs < PRUNE_EVERY_MS) return;
    this.prunedAtMs = nowMs;
    await pruneOutbox(this.options.database.pool, this.options.retentionMs);
  }
}
