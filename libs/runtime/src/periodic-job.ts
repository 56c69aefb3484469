import { sleep, type Logger } from '@ao/kernel';
import type { BackgroundJob } from './service.js';

export interface PeriodicJobOptions {
  name: string;
  everyMs: number;
  run: (signal: AbortSignal) => Promise<void>;
  logger: Logger;
}

/** Runs something now and then, one run at a time, also after a run that failed. */
export class PeriodicJob implements BackgroundJob {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(private readonly options: PeriodicJobOptions) {}

  start(): void {
    this.loop ??= this.repeat();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async repeat(): Promise<void> {
    const { name, everyMs, run, logger } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await run(signal).catch((error: unknown) =>
        logger.warn({ err: error, job: name }, 'a job failed and will run again'),
      );
      await sleep(everyMs, signal);
    }
  }
}
