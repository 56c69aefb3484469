import type { StatesView } from '../state/deployment-states.js';
import type { Pool } from '../table/pool.js';

/** Without looking at each deployment: few circuits are open at a time. */
export function countUsable(pool: Pool, states: StatesView, nowMs: number): number {
  let healthy = pool.healthyCount;
  let unhealthy = pool.unhealthyCount;
  for (const id of states.tripped) {
    const candidate = pool.byId.get(id);
    if (!candidate || states.admits(id, nowMs)) continue;
    if (candidate.healthy) healthy -= 1;
    else unhealthy -= 1;
  }
  // Where none answers its checks, each is as good as the other.
  return healthy > 0 ? healthy : unhealthy;
}

/** Until the first circuit of the pool lets a call through; 0 where none is open. */
export function retryAfterMs(pool: Pool, states: StatesView, nowMs: number): number {
  let waitMs = Infinity;
  for (const id of states.tripped) {
    if (pool.byId.has(id)) waitMs = Math.min(waitMs, states.retryAfterMs(id, nowMs));
  }
  return waitMs === Infinity ? 0 : waitMs;
}
