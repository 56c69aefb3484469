import type { Candidate } from '../table/candidate.js';
import type { Pool } from '../table/pool.js';
import type { Tier } from '../table/tier.js';
import { Eligibility, type Circumstances } from './eligibility.js';

export interface Picked {
  candidate: Candidate | null;
  /** With the demands under which it was found. */
  eligibility: Eligibility;
}

const ASKED = [true, false];
const NOT_ASKED = [false];

/**
 * Picks from a pool. A demand that nothing satisfies is given up, the least important one first: a deployment not tried yet; then
 * health, where each is as good as the other; then a context that is surely large enough (our count is a bound, and the provider
 * has the last word). Within what is left: priority, then the service level, then the strategy.
 * @param preferredId The deployment to take if it may be; null: none.
 */
export function pick(pool: Pool, circumstances: Circumstances, preferredId: string | null): Picked {
  const eligibility = new Eligibility(circumstances);
  for (const isFitDemanded of circumstances.promptTokens === null ? NOT_ASKED : ASKED) {
    eligibility.isFitDemanded = isFitDemanded;
    for (const tiers of [pool.healthy, pool.unhealthy]) {
      for (const isUntriedDemanded of circumstances.tried.size === 0 ? NOT_ASKED : ASKED) {
        eligibility.isUntriedDemanded = isUntriedDemanded;
        const candidate =
          pickPreferred(pool, tiers, eligibility, preferredId) ?? pickFrom(tiers, circumstances, eligibility);
        if (candidate) return { candidate, eligibility };
      }
    }
  }
  return { candidate: null, eligibility };
}

function pickPreferred(
  { byId, healthy }: Pool,
  tiers: readonly Tier[],
  { takes }: Eligibility,
  preferredId: string | null,
): Candidate | null {
  const candidate = preferredId === null ? undefined : byId.get(preferredId);
  return candidate && candidate.healthy === (tiers === healthy) && takes(candidate) ? candidate : null;
}

function pickFrom(tiers: readonly Tier[], circumstances: Circumstances, eligibility: Eligibility): Candidate | null {
  const { strategy, context, serviceLevel } = circumstances;
  const isLevelAsked = serviceLevel !== null && strategy.keepsServiceLevel === true;
  for (const tier of tiers) {
    for (const isLevelDemanded of isLevelAsked ? ASKED : NOT_ASKED) {
      eligibility.isLevelDemanded = isLevelDemanded;
      const candidate = strategy.pick(tier, eligibility.takes, context);
      if (candidate) return candidate;
    }
  }
  return null;
}
