import type { Clock } from '@ao/kernel';
import type { ProviderTarget } from '../provider-target.js';
import { parseBaseUrl } from './base-url.js';
import { UpstreamPool, type PoolStats } from './upstream-pool.js';

/** Time that calls on replaced connections get to finish: the longest total limit a provider can have. */
const DRAIN_MS = 7_200_000;

/**
 * One pool per upstream and connection settings (PR-015). Providers that differ only in their key share one. A pool that
 * no provider uses any more drains: its calls finish, new ones go to its successor.
 */
export class ProviderPools {
  private pools = new Map<string, UpstreamPool>();
  private readonly draining = new Set<UpstreamPool>();

  constructor(private readonly clock: Clock) {}

  /** Throws `invalid_parameter` on a bad base URL. */
  poolFor({ baseUrl, timeouts, connectionsMax, reach = 'any' }: ProviderTarget): UpstreamPool {
    const { origin } = parseBaseUrl(baseUrl);
    const { connectMs } = timeouts;
    const key = `${origin} ${connectMs} ${connectionsMax} ${reach}`;
    const known = this.pools.get(key);
    if (known !== undefined) return known;
    const pool = new UpstreamPool({ origin, connectMs, connectionsMax, reach }, this.clock);
    this.pools.set(key, pool);
    return pool;
  }

  /** Retires every pool that is not among these. */
  keepOnly(used: ReadonlySet<UpstreamPool>): void {
    for (const [key, pool] of this.pools) {
      if (used.has(pool)) continue;
      this.pools.delete(key);
      this.draining.add(pool);
      void pool.close(DRAIN_MS).finally(() => this.draining.delete(pool));
    }
  }

  /** One entry per pool, draining ones included. */
  stats(): PoolStats[] {
    return [...this.pools.values(), ...this.draining].map((pool) => pool.stats);
  }

  /** Lets calls finish for `graceMs`, then closes every connection. */
  async close(graceMs: number): Promise<void> {
    const all = [...this.pools.values(), ...this.draining];
    this.pools = new Map();
    await Promise.all(all.map((pool) => pool.close(graceMs)));
  }
}
