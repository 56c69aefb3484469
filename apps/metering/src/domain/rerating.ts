import type { NanoUsd } from '@ao/kernel';

/** Recomputes what the calls of a period cost, by one version of the price list, batch by batch. */
export interface Rerating {
  id: string;
  orgId: string;
  fromMs: number;
  toMs: number;
  /** Null: of every model, of every provider. */
  model: string | null;
  provider: string | null;
  reason: string;
  /** Counts what would change and changes nothing. */
  dryRun: boolean;
  /** The price list as it was then: a price that is set later is for another re-rating. */
  priceVersion: number;
  /** Calls that started before this have been looked at. */
  ratedUntilMs: number;
  scanned: number;
  changed: number;
  unpriced: number;
  difference: NanoUsd;
  createdAtMs: number;
  finishedAtMs: number | null;
}

/** What a batch adds to a re-rating's figures. */
export type ReratingProgress = Pick<Rerating, 'scanned' | 'changed' | 'unpriced' | 'difference'>;
