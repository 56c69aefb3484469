import { lowest } from './lowest.js';
import type { Strategy } from './strategy.js';

/** The one with the fewest calls under way from this gateway. */
export const leastBusy: Strategy = {
  pick: (tier, takes, { states, random }) =>
    lowest(tier, takes, random, ({ deployment }) => states.inFlight(deployment.id)),
  score: ({ deployment }, { states }) => states.inFlight(deployment.id),
};
