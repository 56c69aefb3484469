import type { Demands } from '../filters/demands.js';
import { regionOf } from '../filters/regions.js';
import { Pool } from './pool.js';
import type { Candidate } from './candidate.js';

/** Deployments that the remembered pools of one group may hold together: some megabytes. */
const POOLED_MAX = 200_000;

/** The deployments behind one name, and the pools that calls of each kind draw from. */
export class ModelGroup {
  readonly tags: ReadonlySet<string>;
  private readonly owners: ReadonlySet<string | null>;
  private readonly regions: readonly string[];
  /** Oldest use first. */
  private readonly pools = new Map<string, Pool>();
  private readonly poolsMax: number;

  constructor(readonly candidates: Candidate[]) {
    this.tags = new Set(candidates.flatMap(({ deployment }) => deployment.tags));
    this.owners = new Set(candidates.map(({ deployment }) => deployment.orgId));
    this.regions = [...new Set(candidates.map(regionOf))].filter((region) => region !== null);
    this.poolsMax = Math.max(8, Math.floor(POOLED_MAX / Math.max(1, candidates.length)));
  }

  /** Those that serve an organisation. */
  visibleTo(orgId: string): Candidate[] {
    const isPublic = this.owners.size === 1 && this.owners.has(null);
    return isPublic
      ? this.candidates
      : this.candidates.filter(({ deployment }) => deployment.orgId === null || deployment.orgId === orgId);
  }

  /** What the calls of an organisation that demand this may go to. */
  pool(orgId: string, demands: Demands | null): Pool {
    // Those that have none of their own see the same.
    const owner = this.owners.has(orgId) ? orgId : '';
    const key = demands === null ? owner : `${owner}\n${this.keyOf(demands)}`;
    let pool = this.pools.get(key);
    if (pool === undefined) {
      pool = new Pool(this.visibleTo(orgId), demands);
      if (this.pools.size >= this.poolsMax) this.pools.delete(this.pools.keys().next().value!);
    } else if (demands === null) {
      return pool;
    } else {
      this.pools.delete(key);
    }
    this.pools.set(key, pool);
    return pool;
  }

  /** A preferred region counts by the regions that it means here: callers may write what they like. */
  private keyOf({ region, ...demands }: Demands): string {
    const preferred = region === null ? [] : this.regions.filter((one) => one.startsWith(region));
    return JSON.stringify([preferred, demands]);
  }
}
