import type { Candidate } from '../table/candidate.js';
import { lowest } from './lowest.js';
import { simpleShuffle } from './simple-shuffle.js';
import type { Strategy, StrategyContext } from './strategy.js';

/**
 * The one with the lowest mean latency; those within `latencyBuffer` of it share by weight. One that was not measured lately is
 * tried first, by one call at a time: the others do not wait for what it turns out to be.
 */
export const latencyBased: Strategy = {
  pick(tier, takes, context) {
    const best = lowest(tier, takes, context.random, (candidate) => comparable(candidate, context));
    if (best === null || context.latencyBuffer === 0) return best;
    const limit = comparable(best, context) * (1 + context.latencyBuffer);
    const isAsGood = (candidate: Candidate): boolean => takes(candidate) && comparable(candidate, context) <= limit;
    return simpleShuffle.pick(tier, isAsGood, context);
  },
  score: ({ deployment }, { states, nowMs }) => states.latencyMs(deployment.id, nowMs),
};

/** 0 for one to be tried; beyond all that are known for one that is being tried, the fewer calls the nearer. */
function comparable({ deployment }: Candidate, { states, nowMs }: StrategyContext): number {
  const latencyMs = states.latencyMs(deployment.id, nowMs);
  if (latencyMs !== null) return latencyMs;
  const inFlight = states.inFlight(deployment.id);
  return inFlight === 0 ? 0 : Number.MAX_SAFE_INTEGER - 1_000_000 + inFlight;
}
