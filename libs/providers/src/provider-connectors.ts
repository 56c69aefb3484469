import { isDeepStrictEqual } from 'node:util';
import { systemClock, toAppError, type AppError, type Clock } from '@ao/kernel';
import type { Connector } from './connector.js';
import type { ProviderTarget } from './provider-target.js';
import { connectorFor } from './registry.js';
import { ProviderPools } from './transport/provider-pools.js';
import type { UpstreamPool, PoolStats } from './transport/upstream-pool.js';

/** A provider whose settings cannot be used. */
export interface UnusableProvider {
  readonly id: string;
  readonly error: AppError;
}

interface Entry {
  readonly connector: Connector;
  readonly pool: UpstreamPool;
}

/**
 * The connectors of all configured providers, ready to use. `update` swaps the whole set at once: a call keeps the connector
 * and the connection it began with, the next one gets the new settings (a rotated key, another URL).
 */
export class ProviderConnectors {
  private entries: ReadonlyMap<string, Entry> = new Map();
  private readonly pools: ProviderPools;

  constructor(private readonly clock: Clock = systemClock) {
    this.pools = new ProviderPools(clock);
  }

  /** By provider id. Constant time: for the request path. */
  get(providerId: string): Connector | undefined {
    return this.entries.get(providerId)?.connector;
  }

  /** Takes the providers as they are configured now. One that cannot be used is left out and reported. */
  update(targets: readonly ProviderTarget[]): UnusableProvider[] {
    const unusable: UnusableProvider[] = [];
    const entries = new Map<string, Entry>();
    for (const target of targets) {
      try {
        entries.set(target.id, this.entryFor(target));
      } catch (error) {
        unusable.push({ id: target.id, error: toAppError(error) });
      }
    }
    this.entries = entries;
    this.pools.keepOnly(new Set([...entries.values()].map(({ pool }) => pool)));
    return unusable;
  }

  /** Figures of every pool, for metrics (PR-015). */
  poolStats(): PoolStats[] {
    return this.pools.stats();
  }

  /** At shutdown: lets calls finish for `graceMs`, then closes every connection. */
  async close(graceMs: number): Promise<void> {
    await this.pools.close(graceMs);
  }

  private entryFor(target: ProviderTarget): Entry {
    const known = this.entries.get(target.id);
    if (known !== undefined && isDeepStrictEqual(known.connector.target, target)) return known;
    const pool = this.pools.poolFor(target);
    return { pool, connector: connectorFor(target.kind)({ target, pool, clock: this.clock }) };
  }
}
