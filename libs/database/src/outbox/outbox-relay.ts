import { silentLogger, sleep, systemClock, type Clock, type Logger } from '@ao/kernel';
import type { Database } from '../database.js';
import type { OutboxEvent } from './append-outbox.js';
import { backoffMs } from './backoff.js';
import { readSuspectTime, readWaiting, recordSettled, reopenPublished, type SuspectTime } from './outbox-rows.js';
import { pruneOutbox, readOutboxLag, type OutboxLag } from './outbox-upkeep.js';
import { Publications, type PublicationLimits, type Settled } from './publications.js';
import { RelayLock } from './relay-lock.js';
import { RelayPace } from './relay-pace.js';

export interface OutboxRelayOptions extends Partial<PublicationLimits> {
  database: Database;
  /** Resolves when the bus has the event for good. An `AppError` that is not retryable parks the event. */
  publish: (event: OutboxEvent) => Promise<void>;
  /** How often to look without being woken: finds what a killed process left, and what others wrote. */
  pollMs?: number;
  /** Rows read by one statement. */
  batchSizeMax?: number;
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

/** While another replica publishes, its lock is tried this often at least. */
const ELSEWHERE_MS = 100;
/** What is tried while nothing gets through: enough to see whether one bad row or the bus is the fault. */
const PROBE_ROWS_MAX = 64;
/** Rows this far behind the youngest one started are looked for at every read; see `lookAfter`. */
const NEAR_SEQUENCES = 1_000;
/** What is still open then is published again by the next start. */
const STOP_DEADLINE_MS = 2_000;
const PRUNE_EVERY_MS = 60_000;
/** Opened again by one statement, so that it is short whatever lies in the outbox. */
const REOPEN_ROWS_MAX = 10_000;
const HOUR_MS = 3_600_000;

/**
 * Moves events from a service's outbox to the bus, at least once, started in the order they were written. A publication
 * that takes long holds up nothing behind it until `inFlightMax` or `inFlightBytesMax` is reached, and is not repeated
 * while it is open. Any number of replicas may run one; one at a time publishes.
 */
export class OutboxRelay {
  private readonly options: Required<OutboxRelayOptions>;
  private readonly counts: OutboxCounters = { publishedCount: 0, failedCount: 0, parkedCount: 0 };
  private readonly publications: Publications;
  private readonly lock: RelayLock;
  private readonly stopping = new AbortController();
  private pause = new AbortController();
  private woken = false;
  private readonly pace = new RelayPace();
  private databaseFailuresInRow = 0;
  private lookAtMs = 0;
  /** Rows are known to wait for room. */
  private isBehind = false;
  private sweptAtMs = 0;
  private prunedAtMs: number;
  /** What the bus may have lost. */
  private suspect: { safeAfterMs: number; awaySinceMs: number; time?: SuspectTime } | null = null;
  private loop: Promise<void> | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(options: OutboxRelayOptions) {
    this.options = {
      pollMs: 500,
      batchSizeMax: 1_000,
      inFlightMax: 2_000,
      inFlightBytesMax: 64 * 1024 * 1024,
      publishTimeoutMs: 5_000,
      retentionMs: 24 * HOUR_MS,
      logger: silentLogger,
      clock: systemClock,
      ...options,
    };
    this.publications = new Publications(this.options.publish, this.options, () => this.proceed());
    this.lock = new RelayLock(this.options.database);
    this.prunedAtMs = this.options.clock.monotonicMs();
  }

  start(): void {
    this.unsubscribe ??= this.options.database.onOutboxAppended(() => this.wake());
    this.loop ??= this.run();
  }

  /** Looks at the outbox now. Commits through `Database.transaction` call this by themselves. */
  wake(): void {
    this.lookAtMs = 0;
    this.proceed();
  }

  /**
   * Publishes once more what the bus took over in its last `safeAfterMs` before it was away for `awayMs`: it may have lost
   * that. Consumers know what they had.
   */
  publishAgain(safeAfterMs: number, awayMs: number): void {
    const awaySinceMs = this.nowMs() - awayMs;
    this.suspect = { safeAfterMs, awaySinceMs: Math.min(awaySinceMs, this.suspect?.awaySinceMs ?? awaySinceMs) };
    this.wake();
  }

  /** Starts no more publications and waits for the open ones, two seconds at most. */
  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.stopping.abort();
    this.proceed();
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
      await this.attempt(() => this.step());
      await this.rest();
    }
    const deadlineMs = this.nowMs() + STOP_DEADLINE_MS;
    while (this.publications.isAnyOpen && this.nowMs() < deadlineMs) await this.untilWoken(deadlineMs - this.nowMs());
    await this.attempt(() => this.store());
    await this.lock.release();
  }

  private async step(): Promise<void> {
    await this.store();
    await this.reopen();
    if (this.nowMs() >= this.nextLookMs()) await this.look();
    // With nothing in hand, any replica may be the next to publish.
    if (this.publications.heldCount === 0) await this.lock.release();
    await this.pruneWhenDue();
  }

  /** Writes down what has ended, and lets go of it. */
  private async store(): Promise<void> {
    const settled = this.publications.takeSettled();
    if (settled.length === 0) return;
    try {
      await recordSettled(this.options.database.pool, settled);
    } catch (error) {
      this.publications.keepSettled(settled);
      throw error;
    }
    this.publications.forget(settled, this.pace.judge(settled, this.nowMs()));
    this.report(settled);
    if (this.isBehind) this.lookAtMs = 0;
  }

  private async reopen(): Promise<void> {
    const { suspect } = this;
    if (!suspect) return;
    const { pool } = this.options.database;
    suspect.time ??= await readSuspectTime(pool, suspect.safeAfterMs, this.nowMs() - suspect.awaySinceMs);
    const events = await reopenPublished(pool, suspect.time, REOPEN_ROWS_MAX);
    if (events > 0) this.options.logger.info({ events }, 'published again: the bus may have lost them');
    this.lookAtMs = 0;
    if (events < REOPEN_ROWS_MAX && this.suspect === suspect) this.suspect = null;
  }

  /** Starts what waits, as far as there is room. */
  private async look(): Promise<void> {
    const { pool } = this.options.database;
    const { pollMs, batchSizeMax } = this.options;
    const nowMs = this.nowMs();
    this.lookAtMs = nowMs + pollMs;
    this.publications.rouse(nowMs);
    const limit = Math.min(this.publications.room, this.pace.isProbing ? PROBE_ROWS_MAX : batchSizeMax);
    this.isBehind = limit === 0;
    if (this.isBehind) return;
    if (!this.lock.isHeld && !(await this.lock.acquire())) {
      this.lookAtMs = nowMs + Math.min(pollMs, ELSEWHERE_MS);
      return;
    }
    const after = this.lookAfter(nowMs);
    const waiting = await readWaiting(pool, { after, busy: this.publications.busy(after), limit });
    if (this.stopping.signal.aborted) return;
    this.publications.start(waiting);
    this.isBehind = waiting.length === limit;
    if (this.isBehind && this.publications.room > 0) this.lookAtMs = 0;
  }

  /**
   * Reading past thousands of open rows at every commit would cost more than publishing. So then only the youngest are
   * read again, for a transaction that took its sequences early may commit late; all of them once in `pollMs`.
   */
  private lookAfter(nowMs: number): number {
    const isSweep = this.publications.busyCount <= NEAR_SEQUENCES || nowMs - this.sweptAtMs >= this.options.pollMs;
    if (!isSweep) return this.publications.sequenceMax - NEAR_SEQUENCES;
    this.sweptAtMs = nowMs;
    return 0;
  }

  private report(settled: readonly Settled[]): void {
    const { logger } = this.options;
    const failures = settled.filter(({ failure }) => failure);
    this.counts.publishedCount += settled.length - failures.length;
    this.counts.failedCount += failures.length;
    for (const { id, failure } of failures.filter((each) => each.failure?.final)) {
      this.counts.parkedCount += 1;
      logger.error({ eventId: id, reason: failure?.reason }, 'event parked: it cannot be published as it is');
    }
    const passing = failures.filter(({ failure }) => !failure?.final);
    if (passing.length === 0) return;
    const fields = { events: passing.length, reason: passing[0]?.failure?.reason };
    logger.warn(fields, 'events could not be published and will be tried again');
  }

  /** The database being away is not the end of the relay: what has ended is kept and written down later. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.databaseFailuresInRow = 0;
    } catch (error) {
      this.databaseFailuresInRow += 1;
      const fields = { error: String(error), failuresInRow: this.databaseFailuresInRow };
      this.options.logger.warn(fields, 'the outbox cannot be read or written, waiting');
      // Its connection may be gone as well, and with it the right to publish.
      await this.lock.release();
    }
  }

  /** Waits; a wake ends the wait early, except while backing off from the database. */
  private async rest(): Promise<void> {
    if (this.databaseFailuresInRow > 0) await sleep(backoffMs(this.databaseFailuresInRow), this.stopping.signal);
    else await this.untilWoken(this.nextLookMs() - this.nowMs());
  }

  private nextLookMs(): number {
    return Math.max(this.lookAtMs, this.pace.pausedUntilMs);
  }

  private proceed(): void {
    this.woken = true;
    this.pause.abort();
  }

  private async untilWoken(waitMsMax: number): Promise<void> {
    this.pause = new AbortController();
    if (!this.woken && waitMsMax > 0) await sleep(waitMsMax, this.pause.signal);
    this.woken = false;
  }

  private nowMs(): number {
    return this.options.clock.monotonicMs();
  }

  private async pruneWhenDue(): Promise<void> {
    const nowMs = this.nowMs();
    if (nowMs - this.prunedAtMs < PRUNE_EVERY_MS) return;
    this.prunedAtMs = nowMs;
    await pruneOutbox(this.options.database.pool, this.options.retentionMs);
  }
}
