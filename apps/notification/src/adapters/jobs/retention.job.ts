import { sleep, type Logger } from '@ao/kernel';
import type { BackgroundJob } from '@ao/runtime';
import type { RemoveOldAlerts } from '../../application/remove-old-alerts.js';

const EVERY_MS = 3_600_000;

/** Forgets what is past its retention, now and then, also after a run that failed. */
export class RetentionJob implements BackgroundJob {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly removeOldAlerts: RemoveOldAlerts,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.removeOldAlerts
        .execute(signal)
        .catch((error: unknown) => this.logger.warn({ err: error }, 'old alerts were not removed, trying again later'));
      await sleep(EVERY_MS, signal);
    }
  }
}
