import type { Logger } from '@ao/kernel';
import { PeriodicJob, type BackgroundJob } from '@ao/runtime';
import type { PublishBudgets } from '../../application/publish-budgets.js';

/** Publishes the budgets with a scope before the service counts as started, then follows what other replicas change. */
export class BudgetFeedJob implements BackgroundJob {
  private readonly periodic: PeriodicJob;
  private watch: { stop(): Promise<void> } | undefined;

  constructor(
    private readonly publishBudgets: PublishBudgets,
    everyMs: number,
    logger: Logger,
  ) {
    this.periodic = new PeriodicJob({ name: 'budget feed', everyMs, logger, run: () => publishBudgets.refresh() });
  }

  async start(): Promise<void> {
    this.watch = await this.publishBudgets.start();
    this.periodic.start();
  }

  async stop(): Promise<void> {
    await this.periodic.stop();
    await this.watch?.stop();
  }
}
