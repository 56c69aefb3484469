import { encoderOf } from './encodings.js';
import { encodingForModel } from './models.js';

/** What the exact counters answer for a model whose vocabulary is not public. */
export const UNKNOWN_MODEL_TOKENS = -1;

/**
 * Tokens of a text exactly as OpenAI's tokenizer counts them; special tokens in the text are text. Never throws.
 * @param model with or without a `provider/` prefix.
 * @returns -1 for models that are not OpenAI's.
 */
export function countTextExact(model: string, text: string): number {
  const encoding = encodingForModel(model);
  return encoding === null ? UNKNOWN_MODEL_TOKENS : encoderOf(encoding).count(text);
}
