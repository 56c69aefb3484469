import type { Usage } from '../../answers/plan-answer.js';

/** Google counts cached input inside the prompt, and thoughts beside the candidates. */
export function usageMetadata(usage: Usage): object {
  const { inputTokens, cachedTokens, outputTokens, reasoningTokens } = usage;
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
    ...(cachedTokens > 0 && { cachedContentTokenCount: cachedTokens }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
    ...(reasoningTokens > 0 && { thoughtsTokenCount: reasoningTokens }),
  };
}

/** What the chunks of a stream report before its end, and what is billed when the prompt is blocked. */
export function inputMetadata(inputTokens: number): object {
  return {
    promptTokenCount: inputTokens,
    totalTokenCount: inputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: inputTokens }],
  };
}
