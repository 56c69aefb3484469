import type { Usage } from '../../answers/plan-answer.js';

function inputFields(usage: Usage): object {
  const written = usage.cacheWriteTokens + usage.cacheWrite1hTokens;
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cachedTokens,
  };
}

/** Anthropic counts cached and cache-written input beside the rest of the input; thinking is inside the output. */
export function wholeUsage(usage: Usage, outputTokens = usage.outputTokens): object {
  return {
    ...inputFields(usage),
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWriteTokens,
      ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
    },
    output_tokens: outputTokens,
    service_tier: 'standard',
  };
}

/** What a stream reports at its end: the same, up to that moment. */
export function finalUsage(usage: Usage): object {
  const thinking = { output_tokens_details: { thinking_tokens: usage.reasoningTokens } };
  return { ...inputFields(usage), output_tokens: usage.outputTokens, ...(usage.reasoningTokens > 0 && thinking) };
}
