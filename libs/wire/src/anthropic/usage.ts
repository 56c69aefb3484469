import { inputTokensOf, outputTokensOf, type Usage } from '@ao/pricing';

/** A usage as Anthropic tells it: `input_tokens` without what was read from or written to the cache. */
export function encodeUsage(usage: Usage): Record<string, unknown> {
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  const cached = usage.cachedInputTokens + usage.cachedAudioInputTokens;
  return {
    input_tokens: inputTokensOf(usage) - cached - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    ...(written > 0 && {
      cache_creation: {
        ephemeral_5m_input_tokens: usage.cacheWrite5mTokens,
        ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
      },
    }),
    output_tokens: outputTokensOf(usage),
  };
}
