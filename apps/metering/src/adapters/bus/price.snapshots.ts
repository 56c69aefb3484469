import type { Bus } from '@ao/bus';
import { pricesSnapshot } from '@ao/contracts';
import type { PriceSnapshots } from '../../application/ports.js';
import type { Price } from '../../domain/price.js';

export class BusPriceSnapshots implements PriceSnapshots {
  constructor(private readonly bus: Bus) {}

  publish(version: number, prices: Price[]): Promise<void> {
    return this.bus.putSnapshot(pricesSnapshot, { version, prices });
  }

  watchVersion(onVersion: (version: number) => void): Promise<{ stop(): Promise<void> }> {
    return this.bus.watchSnapshot(pricesSnapshot, ({ version }) => onVersion(version));
  }
}
