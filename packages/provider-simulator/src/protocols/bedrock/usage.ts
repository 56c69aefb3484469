import type { Usage } from '../../answers/plan-answer.js';

/** Bedrock counts cached and cache-written input beside the rest of the input; the total is of all. */
export function encodeUsage(usage: Usage): object {
  const { cachedTokens, cacheWriteTokens, cacheWrite1hTokens, outputTokens } = usage;
  const written = cacheWriteTokens + cacheWrite1hTokens;
  const details = [
    { ttl: '5m', inputTokens: cacheWriteTokens },
    { ttl: '1h', inputTokens: cacheWrite1hTokens },
  ].filter(({ inputTokens }) => inputTokens > 0);
  return {
    inputTokens: usage.inputTokens - cachedTokens - written,
    outputTokens,
    totalTokens: usage.inputTokens + outputTokens,
    cacheReadInputTokens: cachedTokens,
    cacheWriteInputTokens: written,
    ...(details.length > 0 && { cacheDetails: details }),
  };
}
