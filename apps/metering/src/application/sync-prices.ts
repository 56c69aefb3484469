import type { Clock, IdGenerator } from '@ao/kernel';
import { bundledPrices } from '@ao/pricing';
import { planCatalogue, planConfig } from '../domain/plan-price-sync.js';
import type { ConfiguredPrices, PriceRepository } from './ports.js';

/** Brings the price table up to what this release bundles and what the configuration says; safe to repeat. */
export class SyncPrices {
  constructor(
    private readonly prices: PriceRepository,
    private readonly configured: ConfiguredPrices,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  async execute(): Promise<void> {
    const configured = this.configured.current();
    const newId = (): string => this.ids.next('prc');
    await this.prices.append((existing) => {
      const catalogue = planCatalogue(existing, bundledPrices());
      const config = planConfig([...existing, ...catalogue], configured, this.clock.nowMs(), newId);
      return { entries: [...catalogue, ...config], events: [] };
    });
  }
}
