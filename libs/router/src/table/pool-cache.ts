import type { Pool } from './pool.js';

/** Deployments that the remembered pools hold together: some thirty megabytes, whatever callers ask. */
const HELD_MAX = 200_000;
/** What an empty pool weighs, in deployments. */
const POOL_WEIGHT = 8;

/** The pools of one table that calls of each kind draw from; the longest unused go first. */
export class PoolCache {
  private readonly pools = new Map<string, Pool>();
  private held = 0;

  constructor(private readonly heldMax = HELD_MAX) {}

  /** The pool of that key, built where it is not remembered. */
  get(key: string, build: () => Pool): Pool {
    let pool = this.pools.get(key);
    if (pool) {
      this.pools.delete(key);
    } else {
      pool = build();
      this.held += weightOf(pool);
    }
    this.pools.set(key, pool);
    if (this.held > this.heldMax) this.forgetOldest(key);
    return pool;
  }

  private forgetOldest(butKey: string): void {
    for (const [key, pool] of this.pools) {
      if (this.held <= this.heldMax || key === butKey) return;
      this.pools.delete(key);
      this.held -= weightOf(pool);
    }
  }
}

const weightOf = ({ size }: Pool): number => size + POOL_WEIGHT;
