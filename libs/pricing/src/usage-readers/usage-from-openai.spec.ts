import fc from 'fast-check';
import { usageFromOpenAi } from './usage-from-openai.js';
import { inputTokensOf, isTokenCount, outputTokensOf, usageOf } from '../usage.js';

describe('usage of an OpenAI answer', () => {
  it.each([
    [
      'chat with cached input, audio and reasoning',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 60, audio_tokens: 10 },
        completion_tokens_details: {
          reasoning_tokens: 20,
          audio_tokens: 5,
          accepted_prediction_tokens: 3,
          rejected_prediction_tokens: 4,
        },
      },
      {
        cachedInputTokens: 60,
        audioInputTokens: 10,
        inputTokens: 30,
        reasoningTokens: 20,
        audioOutputTokens: 5,
        outputTokens: 25,
      },
    ],
    [
      'the Responses API',
      {
        input_tokens: 36,
        output_tokens: 87,
        input_tokens_details: { cached_tokens: 6 },
        output_tokens_details: { reasoning_tokens: 80 },
      },
      { cachedInputTokens: 6, inputTokens: 30, reasoningTokens: 80, outputTokens: 7 },
    ],
    [
      'a realtime session, cached audio not twice',
      {
        input_tokens: 100,
        output_tokens: 0,
        input_token_details: { cached_tokens: 64, cached_tokens_details: { audio_tokens: 40 }, audio_tokens: 50 },
      },
      { cachedAudioInputTokens: 40, cachedInputTokens: 24, audioInputTokens: 10, inputTokens: 26 },
    ],
    ['embeddings', { prompt_tokens: 8, total_tokens: 8 }, { inputTokens: 8 }],
    [
      'DeepSeek’s cache hits',
      { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 8 },
      { cachedInputTokens: 8, inputTokens: 2, outputTokens: 1 },
    ],
    [
      'OpenRouter’s cache writes',
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 5 } },
      { cachedInputTokens: 2, cacheWrite5mTokens: 5, inputTokens: 3, outputTokens: 1 },
    ],
    [
      'xAI’s reasoning outside the completion',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 115,
        completion_tokens_details: { reasoning_tokens: 100 },
      },
      { inputTokens: 10, outputTokens: 5, reasoningTokens: 100 },
    ],
    [
      'Perplexity’s reasoning, citations and searches beside all totals',
      {
        prompt_tokens: 9,
        completion_tokens: 70,
        total_tokens: 79,
        citation_tokens: 200,
        num_search_queries: 3,
        reasoning_tokens: 30,
      },
      { inputTokens: 209, outputTokens: 70, reasoningTokens: 30, searches: 3 },
    ],
    ['a transcription by its length', { type: 'duration', seconds: 8.2 }, { inputSeconds: 9 }],
    [
      'parts larger than their total',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 8, audio_tokens: 8 },
        completion_tokens_details: { reasoning_tokens: 9 },
      },
      { cachedInputTokens: 8, audioInputTokens: 2, reasoningTokens: 5 },
    ],
    [
      'absent and malformed details',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: null,
        completion_tokens_details: { reasoning_tokens: -3, audio_tokens: '2' },
      },
      { inputTokens: 10, outputTokens: 5 },
    ],
  ])('reads %s', (_, json, buckets) => {
    expect(usageFromOpenAi(json)).toEqual(usageOf(buckets));
  });

  it.each([
    [null],
    [undefined],
    ['12'],
    [[]],
    [{}],
    [{ prompt_tokens: -1, completion_tokens: 1 }],
    [{ prompt_tokens: 1.5, completion_tokens: 1 }],
    [{ prompt_tokens: '10', completion_tokens: 1 }],
    [{ prompt_tokens: 10, completion_tokens: 9e15 }],
    [{ completion_tokens: 10 }],
    [{ type: 'duration', seconds: -1 }],
    [{ prompt_tokens: 1e9, completion_tokens: 1, citation_tokens: 1e9 }],
  ])('refuses the garbage %j', (json) => {
    expect(usageFromOpenAi(json)).toBeNull();
  });

  it('adds up to the reported totals for any details, every bucket a token count', () => {
    const part = fc.oneof(fc.nat({ max: 2_000 }), fc.constantFrom(undefined, null, -1, 0.5, '7'));
    const details = fc.oneof(
      fc.constant(null),
      fc.record({
        cached_tokens: part,
        audio_tokens: part,
        image_tokens: part,
        reasoning_tokens: part,
        cache_write_tokens: part,
      }),
    );
    fc.assert(
      fc.property(
        fc.nat({ max: 1_000 }),
        fc.nat({ max: 1_000 }),
        details,
        details,
        (prompt, completion, promptDetails, completionDetails) => {
          const usage = usageFromOpenAi({
            prompt_tokens: prompt,
            completion_tokens: completion,
            prompt_tokens_details: promptDetails,
            completion_tokens_details: completionDetails,
          })!;
          expect([inputTokensOf(usage), outputTokensOf(usage)]).toEqual([prompt, completion]);
          expect(Object.values(usage).every(isTokenCount)).toBe(true);
        },
      ),
    );
  });
});
