import { type Usage } from '../usage.js';
import { believable, countIn, isObject } from './reported.js';

/**
 * Reads the `usage` of a Cohere chat or the `meta` of its other answers: what it bills stands in `billed_units`, which is
 * less than the tokens that the model saw.
 * @returns null when there are no billed units.
 */
export function usageFromCohere(json: unknown): Usage | null {
  const billed = isObject(json) ? json['billed_units'] : null;
  if (!isObject(billed)) return null;
  return believable({
    inputTokens: countIn(billed, 'input_tokens'),
    imageInputTokens: countIn(billed, 'image_tokens'),
    outputTokens: countIn(billed, 'output_tokens'),
    searchUnits: countIn(billed, 'search_units'),
    inputImages: countIn(billed, 'images'),
  });
}
