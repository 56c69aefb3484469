import { isObject } from './reported.js';

/** What providers call the service that everyone gets; `scale` is paid in advance and priced like it. */
const STANDARD = new Set(['', 'auto', 'default', 'standard', 'standard_only', 'on_demand', 'scale']);
const NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/**
 * The name by which prices know a provider's service: `priority` and `PRIORITY` alike.
 * @returns null for the standard one, and for what is no name.
 */
export function serviceTierOf(value: unknown): string | null {
  const name = typeof value === 'string' ? value.toLowerCase() : '';
  return STANDARD.has(name) || !NAME.test(name) ? null : name;
}

/**
 * How Anthropic served a message, from its `usage`: `batch`, `fast`, and `us` for inference kept in the United States;
 * `fast-us` for both. Committed capacity (`priority`) has no list price.
 */
export function serviceTierFromAnthropic(usage: unknown): string | null {
  if (!isObject(usage)) return null;
  const served = usage['speed'] === 'fast' ? 'fast' : serviceTierOf(usage['service_tier']);
  const parts = [served, usage['inference_geo'] === 'us' ? 'us' : null].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join('-');
}

/** How Gemini served a call, from its `usageMetadata`: `serviceTier`, or Vertex AI's `trafficType`. */
export function serviceTierFromGemini(usage: unknown): string | null {
  if (!isObject(usage)) return null;
  const { serviceTier, trafficType } = usage;
  const word = serviceTier ?? (typeof trafficType === 'string' ? trafficType.replace(/^ON_DEMAND_/, '') : null);
  return serviceTierOf(word);
}

/**
 * How a provider that speaks OpenAI's protocol served a call, from the `service_tier` and the `usage` of its answer. Perplexity
 * tells in its usage how much it searched, which it bills: `search-medium`, `search-high`; null: as little as it does.
 */
export function serviceTierFromOpenAi(word: unknown, usage: unknown): string | null {
  const searched = isObject(usage) ? usage['search_context_size'] : null;
  const isMore = searched === 'medium' || searched === 'high';
  return serviceTierOf(word) ?? (isMore ? `search-${searched}` : null);
}
