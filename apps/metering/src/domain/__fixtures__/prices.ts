import { picoUsd } from '@ao/kernel';
import type { PriceEntry } from '../price.js';

/** A price of the catalogue for any provider since ever, with whatever a test changes. */
export const priceEntry = (changes: Partial<PriceEntry> = {}): PriceEntry => ({
  id: 'prc_1',
  model: 'm',
  provider: null,
  effectiveFromMs: 0,
  inputPico: picoUsd(1n),
  outputPico: picoUsd(2n),
  cachedInputPico: null,
  cacheWrite5mPico: null,
  cacheWrite1hPico: null,
  reasoningPico: null,
  audioInputPico: null,
  audioOutputPico: null,
  imageInputPico: null,
  imageOutputPico: null,
  free: false,
  contextTokensMax: null,
  outputTokensMax: null,
  source: 'test',
  origin: 'catalogue',
  retired: false,
  ...changes,
});
