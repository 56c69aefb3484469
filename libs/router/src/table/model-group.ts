import type { Demands } from '../filters/demands.js';
import { regionOf } from '../filters/regions.js';
import type { Candidate } from './candidate.js';
import type { PoolCache } from './pool-cache.js';
import { Pool } from './pool.js';

/** The deployments behind one name, and the pools that calls of each kind draw from. */
export class ModelGroup {
  readonly tags: ReadonlySet<string>;
  private readonly owners: ReadonlySet<string | null>;
  private readonly regions: readonly string[];
  /** Of the calls that demand nothing, made on the first of them: most are of this kind. */
  private plainPool: Pool | null = null;

  constructor(
    private readonly name: string,
    readonly candidates: Candidate[],
    private readonly pools: PoolCache,
  ) {
    this.tags = new Set(candidates.flatMap(({ deployment }) => deployment.tags));
    this.owners = new Set(candidates.map(({ deployment }) => deployment.orgId));
    this.regions = [...new Set(candidates.map(regionOf))].filter((region) => region !== null);
  }

  /** Those that serve an organisation. */
  visibleTo(orgId: string): Candidate[] {
    const isPublic = this.owners.size === 1 && this.owners.has(null);
    return isPublic
      ? this.candidates
      : this.candidates.filter(({ deployment }) => deployment.orgId === null || deployment.orgId === orgId);
  }

  /** What the calls of an organisation that demand this may go to; null: nothing. */
  pool(orgId: string, demands: Demands | null): Pool {
    // Those that have none of their own see the same.
    const owner = this.owners.has(orgId) ? orgId : '';
    if (owner === '' && demands === null) return (this.plainPool ??= new Pool(this.visibleTo(orgId), null));
    const key = `${this.name}\n${owner}\n${demands === null ? '' : this.keyOf(demands)}`;
    return this.pools.get(key, () => new Pool(this.visibleTo(orgId), demands));
  }

  /** A preferred region counts by the regions that it means here: callers may write what they like. */
  private keyOf({ region, ...demands }: Demands): string {
    const preferred = region === null ? [] : this.regions.filter((one) => one.startsWith(region));
    return JSON.stringify([preferred, demands]);
  }
}
