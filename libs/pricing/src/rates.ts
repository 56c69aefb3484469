import type { Price } from '@ao/contracts';
import type { PicoUsd } from '@ao/kernel';
import type { UsageBucket } from './usage.js';

/** A price of a model from a date on, as the price snapshot carries it: pico-dollars per token. */
export type PriceRow = Price;

type RateName = Extract<keyof PriceRow, `${string}Pico`>;

/**
 * The rates that can price a bucket, the first one set wins; the last is always set. The one place that knows which rate
 * belongs to which bucket.
 */
const RATES_OF_BUCKET: Readonly<Record<UsageBucket, readonly RateName[]>> = {
  inputTokens: ['inputPico'],
  cachedInputTokens: ['cachedInputPico', 'inputPico'],
  cacheWrite5mTokens: ['cacheWrite5mPico', 'inputPico'],
  cacheWrite1hTokens: ['cacheWrite1hPico', 'cacheWrite5mPico', 'inputPico'],
  audioInputTokens: ['audioInputPico', 'inputPico'],
  imageInputTokens: ['imageInputPico', 'inputPico'],
  outputTokens: ['outputPico'],
  reasoningTokens: ['reasoningPico', 'outputPico'],
  audioOutputTokens: ['audioOutputPico', 'outputPico'],
  imageOutputTokens: ['imageOutputPico', 'outputPico'],
};

/** What one token of a bucket costs: its own rate, else that of its ordinary counterpart. */
export function rateOf(bucket: UsageBucket, row: PriceRow): PicoUsd {
  for (const name of RATES_OF_BUCKET[bucket]) {
    const rate = row[name];
    if (rate !== null) return rate;
  }
  throw new RangeError(`price ${row.id} has no rate for ${bucket}`);
}
