import type { Logger } from '@ao/kernel';
import { PeriodicJob, type BackgroundJob } from '@ao/runtime';
import type { PublishLimits } from '../../application/publish-limits.js';

/** Publishes the limits before the service counts as started, then follows what other replicas change. */
export class LimitFeedJob implements BackgroundJob {
  private readonly periodic: PeriodicJob;
  private watch: { stop(): Promise<void> } | undefined;

  constructor(
    private readonly publishLimits: PublishLimits,
    everyMs: number,
    logger: Logger,
  ) {
    this.periodic = new PeriodicJob({ name: 'limit feed', everyMs, logger, run: () => publishLimits.refresh() });
  }

  async start(): Promise<void> {
    this.watch = await this.publishLimits.start();
    this.periodic.start();
  }

  async stop(): Promise<void> {
    await this.periodic.stop();
    await this.watch?.stop();
  }
}
