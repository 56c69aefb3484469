import { inputTokensOf, outputTokensOf, type Usage } from '@ao/pricing';

/** A usage as the Responses API tells it: `input_tokens` with what was cached, `output_tokens` with what was reasoned. */
export function encodeUsage(usage: Usage): Record<string, unknown> {
  const input = inputTokensOf(usage);
  const output = outputTokensOf(usage);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens + usage.cachedAudioInputTokens,
      cache_write_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: input + output,
  };
}
