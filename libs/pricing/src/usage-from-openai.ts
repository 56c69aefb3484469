import { isTokenCount, NO_USAGE, type Usage } from './usage.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the `usage` object of an OpenAI-style answer (chat, completions, embeddings, Responses, realtime) into disjoint
 * buckets. OpenAI's numbers overlap: the prompt includes cached, audio and image tokens, the completion includes
 * reasoning and audio tokens. The buckets always add up to the reported totals: a part larger than what is left of its
 * total is cut to it, a malformed part counts as absent.
 *
 * Also read, because compatible providers send them: `prompt_cache_hit_tokens` (DeepSeek), `cache_write_tokens`
 * (OpenRouter), and reasoning that is not part of the completion but of the total (xAI).
 * @returns null when there is no object, or a total is missing or unbelievable: then count for yourself.
 */
export function usageFromOpenAi(json: unknown): Usage | null {
  if (!isObject(json)) return null;
  const prompt = json['prompt_tokens'] ?? json['input_tokens'];
  // Embeddings report no completion.
  const completion = json['completion_tokens'] ?? json['output_tokens'] ?? 0;
  if (!isTokenCount(prompt) || !isTokenCount(completion)) return null;
  return { ...NO_USAGE, ...splitPrompt(json, prompt), ...splitCompletion(json, prompt, completion) };
}

function splitPrompt(json: Json, prompt: number): Partial<Usage> {
  const details = objectIn(json, 'prompt_tokens_details', 'input_tokens_details', 'input_token_details');
  const cached = countIn(details, 'cached_tokens') || countIn(json, 'prompt_cache_hit_tokens');
  const cachedAudio = countIn(objectIn(details, 'cached_tokens_details'), 'audio_tokens');
  const take = takerFrom(prompt);
  const cachedInputTokens = take(cached);
  const cacheWrite5mTokens = take(countIn(details, 'cache_write_tokens'));
  // Cached audio is already among the cached tokens.
  const audioInputTokens = take(Math.max(countIn(details, 'audio_tokens') - cachedAudio, 0));
  const imageInputTokens = take(countIn(details, 'image_tokens'));
  return { cachedInputTokens, cacheWrite5mTokens, audioInputTokens, imageInputTokens, inputTokens: take(prompt) };
}

function splitCompletion(json: Json, prompt: number, completion: number): Partial<Usage> {
  const details = objectIn(json, 'completion_tokens_details', 'output_tokens_details', 'output_token_details');
  const reasoning = countIn(details, 'reasoning_tokens');
  const isReasoningApart = reasoning > 0 && countIn(json, 'total_tokens') === prompt + completion + reasoning;
  const generated = isReasoningApart ? completion + reasoning : completion;
  const take = takerFrom(generated);
  const reasoningTokens = take(reasoning);
  const audioOutputTokens = take(countIn(details, 'audio_tokens'));
  const imageOutputTokens = take(countIn(details, 'image_tokens'));
  return { reasoningTokens, audioOutputTokens, imageOutputTokens, outputTokens: take(generated) };
}

/** Hands out parts of a total, never more than is left. */
function takerFrom(total: number): (wanted: number) => number {
  let left = total;
  return (wanted) => {
    const taken = Math.min(wanted, left);
    left -= taken;
    return taken;
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectIn(json: Json, ...keys: string[]): Json {
  return keys.map((key) => json[key]).find(isObject) ?? {};
}

function countIn(json: Json, key: string): number {
  const value = json[key];
  return isTokenCount(value) ? value : 0;
}
