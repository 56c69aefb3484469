import { picoFromDecimal } from './decimal.js';
import type { PriceRow } from './rates.js';

type RateName = Extract<keyof PriceRow, `${string}Pico`>;

const FIELD_OF_RATE = {
  inputPico: 'input_cost_per_token',
  outputPico: 'output_cost_per_token',
  cachedInputPico: 'cache_read_input_token_cost',
  cacheWrite5mPico: 'cache_creation_input_token_cost',
  cacheWrite1hPico: 'cache_creation_input_token_cost_above_1hr',
  reasoningPico: 'output_cost_per_reasoning_token',
  audioInputPico: 'input_cost_per_audio_token',
  audioOutputPico: 'output_cost_per_audio_token',
  imageInputPico: 'input_cost_per_image_token',
  imageOutputPico: 'output_cost_per_image_token',
} as const satisfies Record<RateName, string>;

const PRICED_FIELDS: ReadonlySet<string> = new Set(Object.values(FIELD_OF_RATE));

/** What a LiteLLM entry does not say of itself. */
export interface PriceOrigin {
  id: string;
  effectiveFromMs: number;
  source: string;
}

export type LiteLlmModelInfo = Readonly<Record<string, unknown>>;

/**
 * A price row from an entry of LiteLLM's price table (`model_prices_and_context_window.json`, or `model_info` of a config).
 * @param name the entry's key; a prefix that repeats `litellm_provider` is dropped.
 * @returns null when the entry has no price per token that we can bill by: none at all, a malformed one, or zero with a
 * price per image, second or the like beside it (as a free model it would bypass every budget).
 */
export function priceRowFromLiteLlm(name: string, info: LiteLlmModelInfo, origin: PriceOrigin): PriceRow | null {
  const rates = readRates(info);
  if (!rates) return null;
  const free = Object.values(rates).every((rate) => rate === null || rate === 0n);
  if (free && unpricedLiteLlmFields(info).length > 0) return null;
  const provider = typeof info['litellm_provider'] === 'string' ? info['litellm_provider'] : null;
  return {
    ...origin,
    ...rates,
    provider,
    model: provider !== null && name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name,
    free,
    // Not `max_tokens`: it mostly limits the output, and no prompt is reserved beyond the context.
    contextTokensMax: tokenLimit(info['max_input_tokens']),
    outputTokensMax: tokenLimit(info['max_output_tokens']) ?? tokenLimit(info['max_tokens']),
  };
}

/**
 * The names of an entry's prices that `priceRowFromLiteLlm` leaves out (tiers, batches, per image, …), so that whoever
 * imports a table can say so.
 */
export function unpricedLiteLlmFields(info: LiteLlmModelInfo): string[] {
  return Object.keys(info).filter((field) => {
    const value = info[field];
    return /(?:^|_)cost(?:_|$)/.test(field) && !PRICED_FIELDS.has(field) && value !== 0 && value != null;
  });
}

type Rates = Pick<PriceRow, RateName>;

function readRates(info: LiteLlmModelInfo): Rates | null {
  const rates: Partial<Record<RateName, PriceRow[RateName]>> = {};
  for (const [name, field] of Object.entries(FIELD_OF_RATE) as [RateName, string][]) {
    const rate = info[field] == null ? null : picoFromDecimal(info[field]);
    if (info[field] != null && rate === null) return null;
    rates[name] = rate;
  }
  if (rates.inputPico == null) return null;
  // Embedding entries may leave the output out.
  return { ...rates, outputPico: rates.outputPico ?? (0n as PriceRow['outputPico']) } as Rates;
}

function tokenLimit(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : null;
}
