import type { Logger } from '@ao/kernel';
import { PeriodicJob, type BackgroundJob } from '@ao/runtime';
import type { ConfiguredPrices } from '../../application/ports.js';
import type { PublishPrices } from '../../application/publish-prices.js';
import type { SyncPrices } from '../../application/sync-prices.js';

export interface PriceFeedOptions {
  syncPrices: SyncPrices;
  publishPrices: PublishPrices;
  configured: ConfiguredPrices;
  pollMs: number;
  logger: Logger;
}

/**
 * Brings the price table up to date and publishes it before the service counts as started; then follows the
 * configuration and what other replicas write.
 */
export class PriceFeedJob implements BackgroundJob {
  private readonly periodic: PeriodicJob;
  private watch: { stop(): Promise<void> } | undefined;
  private configurationChanged = true;

  constructor(private readonly options: PriceFeedOptions) {
    const { pollMs: everyMs, logger } = options;
    this.periodic = new PeriodicJob({ name: 'price feed', everyMs, logger, run: () => this.refresh() });
  }

  async start(): Promise<void> {
    const { configured, publishPrices } = this.options;
    configured.start(() => void (this.configurationChanged = true));
    await this.sync();
    this.watch = await publishPrices.start();
    this.periodic.start();
  }

  async stop(): Promise<void> {
    this.options.configured.stop();
    await this.periodic.stop();
    await this.watch?.stop();
  }

  private async refresh(): Promise<void> {
    await this.sync();
    await this.options.publishPrices.refresh();
  }

  private async sync(): Promise<void> {
    if (!this.configurationChanged) return;
    this.configurationChanged = false;
    try {
      await this.options.syncPrices.execute();
    } catch (error) {
      this.configurationChanged = true;
      throw error;
    }
  }
}
