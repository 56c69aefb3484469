import { picoUsd } from '@ao/kernel';
import { PRICE_TIERS_MAX } from '@ao/contracts';
import { RATE_NAMES, type PriceRow } from '../rates.js';
import { isPriceField, parseField } from './fields.js';
import { MalformedPrice, readRateSheets, type Rates } from './read-tiers.js';
import { modelOf, vendorOf } from './vendors.js';

/** What a LiteLLM entry does not say of itself. */
export interface PriceOrigin {
  id: string;
  effectiveFromMs: number;
  source: string;
}

export type LiteLlmModelInfo = Readonly<Record<string, unknown>>;

/** A row, or why there is none. */
export type LiteLlmPrice = { row: PriceRow; reason?: never } | { row?: never; reason: string };

/**
 * A price row from an entry of LiteLLM's price table (`model_prices_and_context_window.json`, or `model_info` of a config).
 * No row for an entry without a price that we can bill by: none at all, a malformed one, or nothing but zeros beside a price
 * of another kind (as a free model it would bypass every budget).
 * @param name the entry's key; a prefix that repeats `litellm_provider` is dropped.
 */
export function readLiteLlmPrice(name: string, info: LiteLlmModelInfo, origin: PriceOrigin): LiteLlmPrice {
  try {
    return readPrice(name, info, origin);
  } catch (error) {
    if (error instanceof MalformedPrice) return { reason: error.message };
    throw error;
  }
}

/**
 * The names of an entry's prices that `readLiteLlmPrice` leaves out, so that whoever imports a table can say so.
 */
export function unpricedLiteLlmFields(info: LiteLlmModelInfo): string[] {
  return Object.keys(info).filter((field) => {
    const value = info[field];
    return isPriceField(field) && !isRead(field) && value !== 0 && value != null;
  });
}

const isRead = (field: string): boolean =>
  parseField(field) !== null || field === 'tiered_pricing' || field === 'search_context_cost_per_query';

function readPrice(name: string, info: LiteLlmModelInfo, origin: PriceOrigin): LiteLlmPrice {
  const { base, tiers } = readRateSheets(info);
  const leftOut = unpricedLiteLlmFields(info);
  if (RATE_NAMES.every((rate) => base[rate] === undefined)) return { reason: reasonOf('no price', leftOut) };
  const free = [base, ...tiers].every((rates) => RATE_NAMES.every((rate) => !rates[rate]));
  if (free && leftOut.length > 0) return { reason: reasonOf('no other price than 0', leftOut) };
  if (base.inputPico === undefined && base.outputPico)
    return { reason: 'an output price without input_cost_per_token' };
  if (tiers.length > PRICE_TIERS_MAX) return { reason: `more than ${PRICE_TIERS_MAX} tiers` };
  const provider = typeof info['litellm_provider'] === 'string' ? info['litellm_provider'] : null;
  const longest = Math.max(0, ...tiers.map(({ promptTokensAbove }) => promptTokensAbove));
  const contextTokensMax = tokenLimit(info['max_input_tokens']);
  return {
    row: {
      ...origin,
      ...allRates(info, base),
      tiers,
      provider: provider && vendorOf(provider),
      model: modelOf(name, provider),
      free,
      // Not `max_tokens`: it mostly limits the output, and no prompt is reserved beyond the context. Nor a limit that the
      // price itself goes beyond.
      contextTokensMax: contextTokensMax !== null && contextTokensMax <= longest ? null : contextTokensMax,
      outputTokensMax: tokenLimit(info['max_output_tokens']) ?? tokenLimit(info['max_tokens']),
    },
  };
}

const reasonOf = (fact: string, leftOut: readonly string[]): string =>
  leftOut.length === 0 ? fact : `${fact}, and these are not supported: ${leftOut.join(', ')}`;

function allRates(info: LiteLlmModelInfo, base: Rates): Pick<PriceRow, (typeof RATE_NAMES)[number]> {
  // The table gives what an image model's images cost as a price of its input.
  const perImage = info['mode'] === 'image_generation' ? base.perInputImagePico : undefined;
  const rates: Rates = { ...base, ...(perImage && !base.perOutputImagePico && { perOutputImagePico: perImage }) };
  return {
    ...(Object.fromEntries(RATE_NAMES.map((rate) => [rate, rates[rate] ?? null])) as Pick<
      PriceRow,
      (typeof RATE_NAMES)[number]
    >),
    inputPico: rates.inputPico ?? NOTHING,
    // Embedding entries may leave the output out; media models' output is all media.
    outputPico: rates.outputPico ?? rates.imageOutputPico ?? rates.audioOutputPico ?? NOTHING,
  };
}

const NOTHING = picoUsd(0n);

function tokenLimit(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : null;
}
