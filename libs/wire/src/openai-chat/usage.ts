import { inputTokensOf, outputTokensOf, type Usage } from '@ao/pricing';

/** A usage as OpenAI tells it: `prompt_tokens` with what was cached, `completion_tokens` with what was reasoned. */
export function encodeUsage(usage: Usage): Record<string, unknown> {
  const prompt = inputTokensOf(usage);
  const completion = outputTokensOf(usage);
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens + usage.cachedAudioInputTokens,
      audio_tokens: usage.audioInputTokens + usage.cachedAudioInputTokens,
      ...(written > 0 && { cache_write_tokens: written }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.audioOutputTokens,
    },
  };
}
