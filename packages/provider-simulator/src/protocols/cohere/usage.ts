import type { Usage } from '../../answers/plan-answer.js';

/** Cohere bills what it counts here: nothing is added to the prompt, so both figures are the same. */
export function encodeUsage({ inputTokens, outputTokens, cachedTokens }: Usage): object {
  const figures = { input_tokens: inputTokens, output_tokens: outputTokens };
  return { billed_units: figures, tokens: figures, cached_tokens: cachedTokens };
}
