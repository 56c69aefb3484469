import { isTokenCount, type Usage } from '../usage.js';
import { believable, countIn, isObject, objectIn, takerFrom } from './reported.js';

/**
 * Reads the `usage` object of an Anthropic message. Its `input_tokens` are those after the last cache breakpoint: what was
 * read from or written to the cache stands beside them. Of a stream, hand in `message_start`'s usage with that of the last
 * `message_delta` over it.
 * @returns null when there is no object, or a total is missing or unbelievable.
 */
export function usageFromAnthropic(json: unknown): Usage | null {
  if (!isObject(json)) return null;
  const { input_tokens: inputTokens, output_tokens: output } = json;
  if (!isTokenCount(inputTokens) || !isTokenCount(output)) return null;
  const lifetimes = objectIn(json, 'cache_creation');
  const written1h = countIn(lifetimes, 'ephemeral_1h_input_tokens');
  const written5m = countIn(lifetimes, 'ephemeral_5m_input_tokens');
  const written = Math.max(countIn(json, 'cache_creation_input_tokens'), written1h + written5m);
  const take = takerFrom(output);
  const reasoningTokens = take(countIn(objectIn(json, 'output_tokens_details'), 'thinking_tokens'));
  return believable({
    inputTokens,
    cachedInputTokens: countIn(json, 'cache_read_input_tokens'),
    // What no lifetime claims was written for five minutes, the default.
    cacheWrite5mTokens: written - written1h,
    cacheWrite1hTokens: written1h,
    reasoningTokens,
    outputTokens: take(output),
    searches: countIn(objectIn(json, 'server_tool_use'), 'web_search_requests'),
  });
}
