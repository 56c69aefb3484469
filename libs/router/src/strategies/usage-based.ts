import { lowest } from './lowest.js';
import type { Strategy } from './strategy.js';

/**
 * The one with the fewest tokens of this minute, all gateways together as far as they have told; unused ones first. Never one
 * that is at its own maximum of tokens or requests.
 */
export const usageBased: Strategy = {
  pick: (tier, takes, { states, nowMs, random }) =>
    lowest(tier, takes, random, ({ deployment }) => {
      const { tokens, requests } = states.usage(deployment.id, nowMs);
      // A call that has begun has no tokens yet, but its deployment is not unused: less than a token, more than nothing.
      return tokens + (requests > 0 ? requests / (requests + 1) : 0);
    }),
  score: ({ deployment }, { states, nowMs }) => states.usage(deployment.id, nowMs).tokens,
  refuses({ deployment }, { states, nowMs }) {
    const { requestsPerMinuteMax, tokensPerMinuteMax } = deployment;
    if (requestsPerMinuteMax === null && tokensPerMinuteMax === null) return null;
    const { tokens, requests } = states.usage(deployment.id, nowMs);
    if (requestsPerMinuteMax !== null && requests >= requestsPerMinuteMax) return 'at its requests per minute';
    if (tokensPerMinuteMax !== null && tokens >= tokensPerMinuteMax) return 'at its tokens per minute';
    return null;
  },
};
