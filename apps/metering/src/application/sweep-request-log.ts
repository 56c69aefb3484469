import { sleep, type Clock, type Logger } from '@ao/kernel';
import type { RequestLog } from './ports.js';

/** Short enough transactions that recording goes on beside them. */
const BATCH_ROWS_MAX = 5_000;
const BATCH_PAUSE_MS = 50;
const DAY_MS = 86_400_000;

/** Deletes the calls that are older than the organisation's records must be. */
export class SweepRequestLog {
  constructor(
    private readonly log: RequestLog,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly retentionDays: number,
  ) {}

  /** Deletes batch by batch until nothing is left to delete, or the signal aborts. */
  async execute(signal: AbortSignal): Promise<void> {
    const beforeMs = this.clock.nowMs() - this.retentionDays * DAY_MS;
    let deletedCount = 0;
    while (!signal.aborted) {
      const count = await this.log.deleteStartedBefore(beforeMs, BATCH_ROWS_MAX);
      deletedCount += count;
      if (count < BATCH_ROWS_MAX) break;
      await sleep(BATCH_PAUSE_MS, signal);
    }
    if (deletedCount > 0) this.logger.info({ deletedCount }, 'requests past their retention deleted');
  }
}
