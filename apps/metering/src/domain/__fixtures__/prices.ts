import { picoUsd } from '@ao/kernel';
import { RATE_NAMES, type RateName } from '@ao/pricing';
import type { PriceEntry } from '../price.js';

/** A price of the catalogue for any provider since ever, with whatever a test changes. */
export const priceEntry = (changes: Partial<PriceEntry> = {}): PriceEntry => ({
  ...(Object.fromEntries(RATE_NAMES.map((name) => [name, null])) as Record<RateName, null>),
  id: 'prc_1',
  model: 'm',
  provider: null,
  effectiveFromMs: 0,
  inputPico: picoUsd(1n),
  outputPico: picoUsd(2n),
  tiers: [],
  free: false,
  contextTokensMax: null,
  outputTokensMax: null,
  source: 'test',
  origin: 'catalogue',
  retired: false,
  ...changes,
});
