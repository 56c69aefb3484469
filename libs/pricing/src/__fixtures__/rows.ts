import { parseUsdPerMillionTokens, picoUsd } from '@ao/kernel';
import fc from 'fast-check';
import type { PriceRow } from '../rates.js';

/** A price of 2.50 USD in, 10 USD out per million tokens, with whatever a test changes. */
export function priceRow(changes: Partial<PriceRow> = {}): PriceRow {
  return {
    id: 'prc_1',
    model: 'm',
    provider: null,
    effectiveFromMs: 0,
    inputPico: parseUsdPerMillionTokens('2.50'),
    outputPico: parseUsdPerMillionTokens('10'),
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
    ...changes,
  };
}

const rate = fc.bigInt({ min: 0n, max: 200_000_000n }).map(picoUsd);
const optionalRate = fc.option(rate);

export const anyPriceRow = fc
  .record({
    inputPico: rate,
    outputPico: rate,
    cachedInputPico: optionalRate,
    cacheWrite5mPico: optionalRate,
    cacheWrite1hPico: optionalRate,
    reasoningPico: optionalRate,
    audioInputPico: optionalRate,
    audioOutputPico: optionalRate,
    imageInputPico: optionalRate,
    imageOutputPico: optionalRate,
    free: fc.boolean(),
  })
  .map(priceRow);
