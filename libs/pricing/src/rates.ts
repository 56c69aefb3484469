import type { Price, PriceTier } from '@ao/contracts';
import type { PicoUsd } from '@ao/kernel';
import type { Usage } from './usage.js';

/** A price of a model from a date on, as the price snapshot carries it: pico-dollars per token or unit. */
export type PriceRow = Price;

export type RateName = Extract<keyof PriceRow, `${string}Pico`>;

/**
 * The rates that can price a token of a bucket or one of a quantity; the first one set wins. A bucket always has one; a
 * quantity without is billed through its tokens, or not at all. The one place that knows which rate belongs to what.
 */
const RATES_OF_FIELD: Readonly<Record<keyof Usage, readonly RateName[]>> = {
  inputTokens: ['inputPico'],
  cachedInputTokens: ['cachedInputPico', 'inputPico'],
  cachedAudioInputTokens: ['cachedAudioInputPico', 'cachedInputPico', 'audioInputPico', 'inputPico'],
  cacheWrite5mTokens: ['cacheWrite5mPico', 'inputPico'],
  cacheWrite1hTokens: ['cacheWrite1hPico', 'cacheWrite5mPico', 'inputPico'],
  audioInputTokens: ['audioInputPico', 'inputPico'],
  imageInputTokens: ['imageInputPico', 'inputPico'],
  outputTokens: ['outputPico'],
  reasoningTokens: ['reasoningPico', 'outputPico'],
  audioOutputTokens: ['audioOutputPico', 'outputPico'],
  imageOutputTokens: ['imageOutputPico', 'outputPico'],
  calls: ['perCallPico'],
  inputImages: ['perInputImagePico'],
  outputImages: ['perOutputImagePico'],
  inputSeconds: ['perInputSecondPico'],
  outputSeconds: ['perOutputSecondPico'],
  characters: ['perCharacterPico'],
  searches: ['perSearchPico'],
  searchUnits: ['perSearchUnitPico'],
  pages: ['perPagePico'],
};

/** Every rate of a row, and of a tier. */
export const RATE_NAMES: readonly RateName[] = [...new Set(Object.values(RATES_OF_FIELD).flat())];

const NOTHING = 0n as PicoUsd;

/**
 * What one token or unit costs: its own rate, else that of its ordinary counterpart; each in the tier, else in the base.
 * @param tier the tier that holds for the call, see `tierOf`.
 */
export function rateOf(field: keyof Usage, row: PriceRow, tier?: PriceTier): PicoUsd {
  for (const name of RATES_OF_FIELD[field]) {
    const rate = tier?.[name] ?? row[name];
    if (rate !== null) return rate;
  }
  return NOTHING;
}

/**
 * The tier that holds for a call; undefined: the base rates do. Of the tiers that the call falls into it is the one for the
 * longest prompts, and of two for the same length that of its service.
 * @param serviceTier null: the provider's standard service.
 * @param promptTokens all of them, cached or not.
 */
export function tierOf(row: PriceRow, serviceTier: string | null, promptTokens: number): PriceTier | undefined {
  let found: PriceTier | undefined;
  for (const tier of row.tiers) {
    const isServed = tier.serviceTier === null || tier.serviceTier === serviceTier;
    const isLong = tier.promptTokensAbove === 0 || promptTokens > tier.promptTokensAbove;
    if (isServed && isLong && (!found || isCloser(tier, found))) found = tier;
  }
  return found;
}

const isCloser = (tier: PriceTier, than: PriceTier): boolean =>
  tier.promptTokensAbove > than.promptTokensAbove ||
  (tier.promptTokensAbove === than.promptTokensAbove && tier.serviceTier !== null && than.serviceTier === null);
