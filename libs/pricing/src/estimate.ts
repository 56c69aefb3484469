import type { PriceTier } from '@ao/contracts';
import { ceilToNanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';
import { rateOf, tierOf, type PriceRow } from './rates.js';
import { INPUT_BUCKETS, OUTPUT_BUCKETS, USAGE_QUANTITIES, type UsageBucket, type UsageQuantity } from './usage.js';

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
  /** Upper bounds of what is billed by other units, calls among them. Default: one call, nothing else. */
  quantities?: Partial<Record<UsageQuantity, number>>;
  /**
   * The services by which the provider may serve the call; null is its standard one. Default: only that. Asking for `flex`
   * does not mean that one gets it: then both may be.
   */
  serviceTiers?: readonly (string | null)[] | 'any';
}

/**
 * The amount to reserve before a call: never below the cost of any usage with at most these counts, however its tokens
 * divide into buckets and whichever of the tiers it falls into, because every token is priced at the highest rate that could
 * apply to it. Rounded up.
 * @throws RangeError when a count is negative or no whole number.
 */
export function estimateMax(input: EstimateInput, row: PriceRow): NanoUsd {
  if (row.free) return ZERO_USD;
  const { promptTokensBound, choices = 1, buckets, quantities = ONE_CALL } = input;
  const prompt = natural(promptTokensBound, 'promptTokensBound');
  const output =
    natural(maxOutputTokensOf(input.maxOutputTokens, row), 'maxOutputTokens') * natural(choices, 'choices');
  let most = 0n;
  for (const tier of possibleTiers(row, input)) {
    const tokens =
      prompt * highestRate(INPUT_BUCKETS, buckets, row, tier) +
      output * highestRate(OUTPUT_BUCKETS, buckets, row, tier);
    const pico = tokens + costOfUnits(quantities, row, tier);
    if (pico > most) most = pico;
  }
  return ceilToNanoUsd(most);
}

const ONE_CALL = { calls: 1 };
const STANDARD = [null];
const BASE_ONLY = [undefined];

/** Every tier that the call may fall into, undefined for the base: the bound of its prompt is no more than a bound. */
function possibleTiers(
  row: PriceRow,
  { promptTokensBound, serviceTiers = STANDARD }: EstimateInput,
): readonly (PriceTier | undefined)[] {
  if (row.tiers.length === 0) return BASE_ONLY;
  const services = serviceTiers === 'any' ? [null, ...row.tiers.map((tier) => tier.serviceTier)] : serviceTiers;
  // One length for each stretch between two thresholds is enough.
  const lengths = [0];
  for (const { promptTokensAbove } of row.tiers) {
    if (promptTokensAbove > 0 && promptTokensAbove < promptTokensBound) lengths.push(promptTokensAbove + 1);
  }
  const possible: (PriceTier | undefined)[] = [];
  for (const service of services) {
    for (const length of lengths) {
      const tier = tierOf(row, service, length);
      if (!possible.includes(tier)) possible.push(tier);
    }
  }
  return possible;
}

function costOfUnits(quantities: Partial<Record<UsageQuantity, number>>, row: PriceRow, tier?: PriceTier): bigint {
  let pico = 0n;
  for (const quantity of USAGE_QUANTITIES) {
    const count = quantities[quantity];
    if (count !== undefined) pico += natural(count, quantity) * rateOf(quantity, row, tier);
  }
  return pico;
}

/** The output limit that applies to a call: the request's, else the model's, else a safe assumption. */
export function maxOutputTokensOf(requested: number | null | undefined, row: PriceRow): number {
  return requested ?? row.outputTokensMax ?? row.contextTokensMax ?? OUTPUT_TOKENS_MAX_UNKNOWN;
}

function highestRate(
  side: readonly UsageBucket[],
  possible: readonly UsageBucket[] = side,
  row: PriceRow,
  tier: PriceTier | undefined,
): bigint {
  let highest = 0n;
  for (const bucket of side) {
    const rate = possible.includes(bucket) ? rateOf(bucket, row, tier) : 0n;
    if (rate > highest) highest = rate;
  }
  return highest;
}

function natural(value: number, name: string): bigint {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number, not negative`);
  return BigInt(value);
}
