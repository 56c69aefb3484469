import { routingStrategy, type RoutingStrategy } from '@ao/contracts';
import type { Speed } from '../speed.js';

/** What decisions are made over. */
export interface RoutingWorld {
  groups: number;
  /** Of each group. */
  deployments: number;
  rules: number;
  strategy: RoutingStrategy;
}

export interface RoutingScenario {
  name: 'routing';
  /** What one operation is. */
  what: string;
  worlds: readonly RoutingWorld[];
}

/** One deployment; ten, by every strategy; ten thousand in a thousand groups under a thousand rules; ten thousand in one group. */
export const ROUTING_SCENARIOS: readonly RoutingScenario[] = [
  {
    name: 'routing',
    what: 'where a call goes: alias, rules and experiment, then a deployment, in a gateway',
    worlds: [
      { groups: 1, deployments: 1, rules: 0, strategy: 'simple-shuffle' },
      ...routingStrategy.options.map((strategy) => ({ groups: 1, deployments: 10, rules: 0, strategy })),
      { groups: 1_000, deployments: 10, rules: 1_000, strategy: 'simple-shuffle' },
      ...routingStrategy.options.map((strategy) => ({ groups: 1, deployments: 10_000, rules: 0, strategy })),
    ],
  },
];

/** A scenario as it is reported. */
export interface RoutingSummary {
  name: 'routing';
  what: string;
  rows: (RoutingWorld & Speed)[];
}
