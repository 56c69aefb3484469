import { ceilToNanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';
import { rateOf, type PriceRow } from './rates.js';
import { INPUT_BUCKETS, OUTPUT_BUCKETS, type UsageBucket } from './usage.js';

/**
 * Assumed where neither the request nor the price row limits the answer: the largest output limit in the market. A hold
 * that is too high ends with the call, one that is too low overspends.
 */
export const OUTPUT_TOKENS_MAX_UNKNOWN = 131_072;

export interface EstimateInput {
  /** An upper bound of the prompt's tokens, see `boundPromptTokens` of `@ao/tokens`. */
  promptTokensBound: number;
  /** The request's own limit; without it the model's. */
  maxOutputTokens?: number | null;
  /** Answers asked for (`n`); default 1. */
  choices?: number;
  /** Buckets that this request can fill, to leave out, say, audio rates for a text model. Default: all. */
  buckets?: readonly UsageBucket[];
}

/**
 * The amount to reserve before a call: never below the cost of any usage with at most these tokens, however they divide
 * into buckets, because every token is priced at the highest rate that could apply to it. Rounded up.
 * @throws RangeError when a count is negative or no whole number.
 */
export function estimateMax(input: EstimateInput, row: PriceRow): NanoUsd {
  if (row.free) return ZERO_USD;
  const { promptTokensBound, choices = 1, buckets } = input;
  const prompt = natural(promptTokensBound, 'promptTokensBound');
  const output =
    natural(maxOutputTokensOf(input.maxOutputTokens, row), 'maxOutputTokens') * natural(choices, 'choices');
  return ceilToNanoUsd(
    prompt * highestRate(INPUT_BUCKETS, buckets, row) + output * highestRate(OUTPUT_BUCKETS, buckets, row),
  );
}

/** The output limit that applies to a call: the request's, else the model's, else a safe assumption. */
export function maxOutputTokensOf(requested: number | null | undefined, row: PriceRow): number {
  return requested ?? row.outputTokensMax ?? row.contextTokensMax ?? OUTPUT_TOKENS_MAX_UNKNOWN;
}

function highestRate(side: readonly UsageBucket[], possible: readonly UsageBucket[] = side, row: PriceRow): bigint {
  let highest = 0n;
  for (const bucket of side) {
    const rate = possible.includes(bucket) ? rateOf(bucket, row) : 0n;
    if (rate > highest) highest = rate;
  }
  return highest;
}

function natural(value: number, name: string): bigint {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number, not negative`);
  return BigInt(value);
}
