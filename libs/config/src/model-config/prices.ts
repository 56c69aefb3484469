import type { ModelInfo, ModelParams } from './file-schema.js';
import type { Reading } from './reading.js';

const PRICE_KEY = /(?:^|_)cost(?:_|$)|^(?:tiered_pricing|provider_specific_entry)$/;
const DECIMAL = /^\+?\d{1,20}(\.\d{1,30})?([eE][+-]?\d{1,3})?$/;
const CARRIED_ALONG = ['mode', 'max_tokens', 'max_input_tokens', 'max_output_tokens'] as const;

/** Whether a key of `model_info` or of the parameters is a price: LiteLLM takes prices in both. */
export const isPriceKey = (key: string): boolean => PRICE_KEY.test(key);

/**
 * The prices of an entry with the limits that belong to them, as LiteLLM's price table would have them; null when the
 * entry sets none. Values stay as they are written: whoever bills parses them exactly.
 */
export function readPrices(
  reading: Reading,
  entry: { params: [path: string, ModelParams]; info: [path: string, ModelInfo]; vendor: string },
): Readonly<Record<string, unknown>> | null {
  const prices: Record<string, unknown> = {};
  for (const [path, part] of [entry.info, entry.params]) {
    for (const [key, value] of Object.entries(part)) {
      if (!isPriceKey(key) || value == null) continue;
      if (isPrice(value)) prices[key] = value;
      else reading.problems.push(`${path}.${key}: must be a price in dollars, such as 0.0000025`);
    }
  }
  if (Object.keys(prices).length === 0) return null;
  const limits = CARRIED_ALONG.flatMap((key) => (entry.info[1][key] == null ? [] : [[key, entry.info[1][key]]]));
  return { ...prices, ...Object.fromEntries(limits), litellm_provider: entry.vendor };
}

function isPrice(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0;
  // Some of LiteLLM's prices are tables of their own, such as search_context_cost_per_query.
  return typeof value === 'object' || (typeof value === 'string' && DECIMAL.test(value));
}
