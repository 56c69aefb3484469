import { isTokenCount, type Usage } from '../usage.js';
import { believable, countIn, isObject, type Json } from './reported.js';

/**
 * Reads the `usage` object of Bedrock's Converse: what was read from or written to the cache stands beside `inputTokens`.
 * @returns null when there is no object, or a total is missing or unbelievable.
 */
export function usageFromBedrock(json: unknown): Usage | null {
  if (!isObject(json)) return null;
  const { inputTokens, outputTokens } = json;
  if (!isTokenCount(inputTokens) || !isTokenCount(outputTokens)) return null;
  const written = countIn(json, 'cacheWriteInputTokens');
  const cacheWrite1hTokens = Math.min(writtenFor(json['cacheDetails'], '1h'), written);
  return believable({
    inputTokens,
    outputTokens,
    cachedInputTokens: countIn(json, 'cacheReadInputTokens'),
    cacheWrite5mTokens: written - cacheWrite1hTokens,
    cacheWrite1hTokens,
  });
}

function writtenFor(details: unknown, lifetime: string): number {
  if (!Array.isArray(details)) return 0;
  const parts = details.filter((part): part is Json => isObject(part) && part['ttl'] === lifetime);
  return parts.reduce((sum, part) => sum + countIn(part, 'inputTokens'), 0);
}
