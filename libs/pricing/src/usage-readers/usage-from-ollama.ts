import { isTokenCount, type Usage } from '../usage.js';
import { believable, isObject } from './reported.js';

/**
 * Reads an answer of Ollama's own API, or the last chunk of its stream.
 * @returns null when it is no object or has no counts; a prompt that was wholly cached has none of its own.
 */
export function usageFromOllama(json: unknown): Usage | null {
  if (!isObject(json)) return null;
  const { prompt_eval_count: inputTokens = 0, eval_count: outputTokens = 0 } = json;
  if (json['prompt_eval_count'] === undefined && json['eval_count'] === undefined) return null;
  if (!isTokenCount(inputTokens) || !isTokenCount(outputTokens)) return null;
  return believable({ inputTokens, outputTokens });
}
