import { BUCKET_TOKENS_MAX, isTokenCount, type Usage } from '../usage.js';
import { believable, countIn, isObject, objectIn, takerFrom, type Json } from './reported.js';

/**
 * Reads the `usage` object of an OpenAI-style answer (chat, completions, embeddings, Responses, images, transcriptions,
 * realtime) into disjoint buckets. OpenAI's numbers overlap: the prompt includes cached, audio and image tokens, the
 * completion includes reasoning and audio tokens. The buckets always add up to the reported totals: a part larger than
 * what is left of its total is cut to it, a malformed part counts as absent.
 *
 * Also read, because compatible providers send them: `prompt_cache_hit_tokens` (DeepSeek), `cached_tokens` beside the totals
 * (Together, Moonshot), `cache_write_tokens` (OpenRouter), reasoning that is not part of the completion but of the total
 * (xAI), reasoning and citations beside all totals (Perplexity), and searches.
 * @returns null when there is no object, or a total is missing or unbelievable: then count for yourself.
 */
export function usageFromOpenAi(json: unknown): Usage | null {
  if (!isObject(json)) return null;
  if (json['type'] === 'duration') return usageOfSound(json['seconds']);
  const prompt = json['prompt_tokens'] ?? json['input_tokens'];
  // Embeddings report no completion.
  const completion = json['completion_tokens'] ?? json['output_tokens'] ?? 0;
  if (!isTokenCount(prompt) || !isTokenCount(completion)) return null;
  return believable({
    ...splitPrompt(json, prompt + countIn(json, 'citation_tokens')),
    ...splitCompletion(json, prompt, completion),
    searches: searchesIn(json),
  });
}

function splitPrompt(json: Json, prompt: number): Partial<Usage> {
  const details = objectIn(json, 'prompt_tokens_details', 'input_tokens_details', 'input_token_details');
  const cached = countIn(details, 'cached_tokens') || countIn(json, 'prompt_cache_hit_tokens', 'cached_tokens');
  const cachedAudio = countIn(objectIn(details, 'cached_tokens_details'), 'audio_tokens');
  const take = takerFrom(prompt);
  const takeCached = takerFrom(take(cached));
  const cachedAudioInputTokens = takeCached(cachedAudio);
  const cachedInputTokens = takeCached(cached);
  const cacheWrite5mTokens = take(countIn(details, 'cache_write_tokens'));
  // Cached audio is already among the cached tokens.
  const audioInputTokens = take(Math.max(countIn(details, 'audio_tokens') - cachedAudioInputTokens, 0));
  const imageInputTokens = take(countIn(details, 'image_tokens'));
  const inputTokens = take(prompt);
  return {
    cachedAudioInputTokens,
    cachedInputTokens,
    cacheWrite5mTokens,
    audioInputTokens,
    imageInputTokens,
    inputTokens,
  };
}

function splitCompletion(json: Json, prompt: number, completion: number): Partial<Usage> {
  const details = objectIn(json, 'completion_tokens_details', 'output_tokens_details', 'output_token_details');
  const within = countIn(details, 'reasoning_tokens');
  const reasoning = within || countIn(json, 'reasoning_tokens');
  const isReasoningApart = within === 0 || countIn(json, 'total_tokens') === prompt + completion + reasoning;
  const generated = isReasoningApart ? completion + reasoning : completion;
  const take = takerFrom(generated);
  const reasoningTokens = take(reasoning);
  const audioOutputTokens = take(countIn(details, 'audio_tokens'));
  const imageOutputTokens = take(countIn(details, 'image_tokens'));
  return { reasoningTokens, audioOutputTokens, imageOutputTokens, outputTokens: take(generated) };
}

function searchesIn(json: Json): number {
  return (
    countIn(json, 'num_search_queries', 'num_sources_used') ||
    countIn(objectIn(json, 'server_tool_use'), 'web_search_requests')
  );
}

/** Some transcriptions are billed by their length, in begun seconds. */
function usageOfSound(seconds: unknown): Usage | null {
  const isLength = typeof seconds === 'number' && seconds >= 0 && seconds <= BUCKET_TOKENS_MAX;
  return isLength ? believable({ inputSeconds: Math.ceil(seconds) }) : null;
}
