import type { KeyValue } from '@ao/keyvalue';
import type { Speed } from '../speed.js';
import { CACHE_OPERATIONS } from './cache-operations.js';
import { LIMIT_OPERATIONS } from './limit-operations.js';

/** What an operation needs beside the gateway itself. */
export type StoreName = 'memory' | 'redis';

/** One thing that a gateway does for a call. */
export interface Operation {
  name: string;
  /** Where it is measured, and how many of it at once. */
  on: readonly { store: StoreName; atOnce: number }[];
  /** @returns what is done over and over. */
  prepare: (store: KeyValue) => Promise<() => unknown> | (() => unknown);
}

export interface PartScenario {
  name: 'limits' | 'cache';
  what: string;
  operations: readonly Operation[];
}

/** The parts of a call that use the store which gateways share. */
export const PART_SCENARIOS: readonly PartScenario[] = [
  {
    name: 'limits',
    what: 'a call is let in by its limits, and what it took is corrected when it ends',
    operations: LIMIT_OPERATIONS,
  },
  {
    name: 'cache',
    what: 'a call is looked up in the response cache',
    operations: CACHE_OPERATIONS,
  },
];

/** A scenario as it is reported. */
export interface PartSummary {
  name: PartScenario['name'];
  what: string;
  /** `speed` is null where there is no such store on this machine: not measured. */
  rows: { operation: string; store: StoreName; atOnce: number; speed: Speed | null }[];
}
