import type { BackgroundJob } from '@ao/runtime';
import type { PublishPrices } from '../../application/publish-prices.js';
import type { SyncPrices } from '../../application/sync-prices.js';
import type { PeriodicJob } from './periodic.job.js';

/** Brings the price table up to date and publishes it before the service counts as started; then keeps it published. */
export class PriceFeedJob implements BackgroundJob {
  private watch: { stop(): Promise<void> } | undefined;

  constructor(
    private readonly syncPrices: SyncPrices,
    private readonly publishPrices: PublishPrices,
    private readonly refresh: PeriodicJob,
  ) {}

  async start(): Promise<void> {
    await this.syncPrices.execute();
    this.watch = await this.publishPrices.start();
    this.refresh.start();
  }

  async stop(): Promise<void> {
    await this.refresh.stop();
    await this.watch?.stop();
  }
}
