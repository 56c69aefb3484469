import type { Clock, Logger } from '@ao/kernel';
import { resolvePrices } from '../domain/resolve-prices.js';
import type { PriceRepository, PriceSnapshots } from './ports.js';

/** Gateways whose clock is behind by less than this still find the price of their time. */
const HISTORY_KEPT_MS = 3_600_000;

/** Keeps the published price list equal to the table, whichever replica wrote to it. */
export class PublishPrices {
  private publishedVersion: number | undefined;

  constructor(
    private readonly prices: PriceRepository,
    private readonly snapshots: PriceSnapshots,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Publishes now, then learns of what other replicas publish. */
  async start(): Promise<{ stop(): Promise<void> }> {
    await this.publish();
    return this.snapshots.watchVersion((version) => void (this.publishedVersion = version));
  }

  /**
   * Publishes when the table and the published list differ. Two replicas may publish in the wrong order; the later look
   * of either one sets it right.
   */
  async refresh(): Promise<void> {
    if ((await this.prices.version()) !== this.publishedVersion) await this.publish();
  }

  /** Publishes a change at once; should that fail, the next look at the table makes up for it. */
  async publishSoon(): Promise<void> {
    await this.refresh().catch((error: unknown) =>
      this.logger.warn({ err: error }, 'the price list could not be published yet'),
    );
  }

  private async publish(): Promise<void> {
    const { version, entries } = await this.prices.readAll();
    const prices = resolvePrices(entries, this.clock.nowMs() - HISTORY_KEPT_MS);
    await this.snapshots.publish(version, prices);
    this.publishedVersion = version;
    this.logger.info({ version, prices: prices.length }, 'prices published');
  }
}
