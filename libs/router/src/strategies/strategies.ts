import type { RoutingStrategy } from '@ao/contracts';
import { costBased } from './cost-based.js';
import { latencyBased } from './latency-based.js';
import { leastBusy } from './least-busy.js';
import { simpleShuffle } from './simple-shuffle.js';
import type { Strategy } from './strategy.js';
import { usageBased } from './usage-based.js';
import { weightedRoundRobin } from './weighted-round-robin.js';

export const STRATEGIES: Readonly<Record<RoutingStrategy, Strategy>> = {
  'simple-shuffle': simpleShuffle,
  'weighted-round-robin': weightedRoundRobin,
  'least-busy': leastBusy,
  'latency-based-routing': latencyBased,
  'cost-based-routing': costBased,
  'usage-based-routing-v2': usageBased,
  'lowest-tpm-rpm': usageBased,
  // The gateway's queue lets calls through in the order of their priority; which deployment serves them is a matter of room.
  priority: leastBusy,
};

/** Those that compare what all gateways have used, which these must tell each other. */
export const USAGE_STRATEGIES: ReadonlySet<RoutingStrategy> = new Set(['usage-based-routing-v2', 'lowest-tpm-rpm']);
