import type { KeyValue } from '@ao/keyvalue';

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
