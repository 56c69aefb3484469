import { readFileSync } from 'node:fs';
import { NO_USAGE, usageFromGemini, usageOf } from '@ao/pricing';
import fc from 'fast-check';
import type { Answer, AnswerPart, FinishReason } from '../canonical/index.js';
import { gemini } from './index.js';
import { encodeUsage } from './usage.js';

const fixture = (name: string) => readFileSync(new URL(`__fixtures__/${name}.json`, import.meta.url));
const CONTEXT = { id: 'ours-1', model: 'house', nowS: 1, includeUsage: true };
const encode = (answer: Answer) => JSON.parse(gemini.encodeAnswer(answer, CONTEXT));
const candidate = (fields: object, more: object = {}) =>
  gemini.decodeAnswer(Buffer.from(JSON.stringify({ candidates: [{ index: 0, ...fields }], ...more })));
const answerOf = (parts: AnswerPart[], finishReason: FinishReason = 'stop'): Answer => ({
  id: null,
  model: null,
  choices: [{ parts, finishReason, stopSequence: null, logprobs: null }],
  usage: null,
  serviceTier: null,
});

describe('answers of Gemini', () => {
  it('[PR-004] give text, sources, log probabilities and usage', () => {
    const answer = gemini.decodeAnswer(fixture('answer'));
    // Google counts bytes, in which the ü is two.
    const place = { text: null, start: 14, end: 20 };
    expect(answer).toEqual({
      id: 'Zk0gaY_rDdKt-8YPq4CbgQM',
      model: 'gemini-2.5-flash',
      choices: [
        {
          parts: [
            {
              type: 'text',
              text: 'Der Hafen von Zürich ist der Hafen Enge.',
              citations: [
                { title: 'example.org', url: 'https://example.org/hafen-enge', ...place },
                { title: 'example.com', url: 'https://example.com/see', ...place },
              ],
            },
          ],
          finishReason: 'stop',
          stopSequence: null,
          logprobs: {
            content: [
              {
                token: 'Der',
                logprob: -0.02,
                bytes: [68, 101, 114],
                top_logprobs: [
                  { token: 'Der', logprob: -0.02, bytes: [68, 101, 114] },
                  { token: 'Zü', logprob: -4.1, bytes: [90, 195, 188] },
                ],
              },
            ],
            refusal: null,
          },
        },
      ],
      usage: usageOf({ inputTokens: 16, cachedInputTokens: 5, outputTokens: 13, reasoningTokens: 56 }),
      serviceTier: null,
    });
    expect(gemini.decodeAnswer(Buffer.from(gemini.encodeAnswer(answer, CONTEXT)))).toEqual({
      ...answer,
      model: 'house',
    });
    expect(encode(answer)).toMatchObject({ responseId: 'Zk0gaY_rDdKt-8YPq4CbgQM', modelVersion: 'house' });
  });

  it('[GW-006] give calls side by side with ids of their own, thoughts apart, and `tool_calls` as the reason', () => {
    const answer = gemini.decodeAnswer(fixture('tools'));
    const call = { type: 'tool_call', name: 'get_weather' };
    expect(answer.choices[0]).toMatchObject({
      finishReason: 'tool_calls',
      parts: [
        { type: 'reasoning', text: '**Looking up both cities**\n\nTwo calls side by side.', signature: null },
        {
          ...call,
          id: 'call_a0QhaYv5M_Sx_0_0',
          argumentsJson: '{"city":"Oslo","days":2}',
          signature: 'CtQBAVSoXO6bQm9zbG8=',
        },
        { ...call, id: 'call_a0QhaYv5M_Sx_0_1', argumentsJson: '{"city":"Rome"}' },
      ],
    });
    expect(answer.serviceTier).toBe('priority');
    expect(answer.usage).toMatchObject({ outputTokens: 31, reasoningTokens: 64 });
    expect(encode(answer).candidates[0]).toMatchObject({ finishReason: 'STOP' });
    expect(gemini.decodeAnswer(Buffer.from(gemini.encodeAnswer(answer, CONTEXT))).choices).toEqual(answer.choices);
  });

  it('[PR-004] that were blocked end with `content_filter`, whether the prompt or the answer was', () => {
    expect(gemini.decodeAnswer(fixture('blocked'))).toMatchObject({
      choices: [{ parts: [], finishReason: 'content_filter' }],
      usage: { inputTokens: 12, outputTokens: 0 },
    });
    const reasons = {
      SAFETY: 'content_filter',
      RECITATION: 'content_filter',
      BLOCKLIST: 'content_filter',
      PROHIBITED_CONTENT: 'content_filter',
      SPII: 'content_filter',
      IMAGE_SAFETY: 'content_filter',
      MAX_TOKENS: 'length',
      STOP: 'stop',
      MALFORMED_FUNCTION_CALL: 'stop',
      SOMETHING_NEW: 'stop',
    };
    const told = Object.keys(reasons).map((finishReason) => candidate({ finishReason }).choices[0]!.finishReason);
    expect(told).toEqual(Object.values(reasons));
    const cut = { content: { parts: [{ functionCall: { name: 'f' } }] }, finishReason: 'MAX_TOKENS' };
    expect(candidate(cut).choices[0]!.finishReason).toBe('length');
    expect(candidate({ content: { parts: [] } }).choices[0]!.finishReason).toBeNull();
    const encoded = (['length', 'content_filter', 'refusal', 'tool_calls', 'pause'] as const).map(
      (reason) => encode(answerOf([], reason)).candidates[0].finishReason,
    );
    expect(encoded).toEqual(['MAX_TOKENS', 'SAFETY', 'SAFETY', 'STOP', 'STOP']);
  });

  it('[PR-004] that are none are refused', () => {
    for (const body of ['{}', '[]', 'null', '{"error":{"code":500}}']) {
      expect(() => gemini.decodeAnswer(Buffer.from(body))).toThrow(TypeError);
    }
    expect(() => gemini.decodeAnswer(Buffer.from('{"candidates"'))).toThrow(SyntaxError);
  });

  it('[PR-004] keep several candidates, and sources that were recited or retrieved', () => {
    const candidates = [{ content: { parts: [{ text: 'a' }] } }, { content: { parts: [{ text: 'b' }] }, index: 1 }];
    const both = gemini.decodeAnswer(Buffer.from(JSON.stringify({ candidates })));
    expect(both.choices.map(({ parts }) => parts)).toEqual([
      [{ type: 'text', text: 'a' }],
      [{ type: 'text', text: 'b' }],
    ]);
    const cited = candidate({
      content: { parts: [{ text: 'Hm.', thought: true }, { text: 'é!' }, { text: 'ü?' }] },
      citationMetadata: { citationSources: [{ endIndex: 2, uri: 'https://example.org/e' }] },
      groundingMetadata: {
        groundingChunks: [{ retrievedContext: { title: 'Manual', text: 'its words' } }],
        groundingSupports: [{ segment: { partIndex: 2, startIndex: 2, endIndex: 3 }, groundingChunkIndices: [0, 9] }],
      },
    });
    const [, first] = cited.choices[0]!.parts;
    expect(first).toEqual({
      type: 'text',
      text: 'é!',
      citations: [
        { title: 'Manual', url: null, text: 'its words', start: 3, end: 4 },
        { title: null, url: 'https://example.org/e', text: null, start: 0, end: 1 },
      ],
    });
    expect(encode(cited).candidates[0].groundingMetadata.groundingChunks[0]).toEqual({
      retrievedContext: { title: 'Manual', text: 'its words' },
    });
  });

  it('[BX-004] tell the clients of Gemini what other providers say', () => {
    const encoded = encode(
      answerOf([
        { type: 'reasoning', text: '', signature: null, redacted: 'opaque' },
        { type: 'reasoning', text: 'Hm', signature: 'c2ln', redacted: null },
        { type: 'refusal', text: 'No.' },
        { type: 'tool_call', id: 'toolu_1', name: 'f', argumentsJson: '' },
      ]),
    );
    expect(encoded).toEqual({
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { text: 'Hm', thought: true, thoughtSignature: 'c2ln' },
              { text: 'No.' },
              { functionCall: { id: 'toolu_1', name: 'f', args: {} } },
            ],
          },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 },
      modelVersion: 'house',
      responseId: 'ours-1',
    });
  });

  it('[PR-004] tell a usage that reads back as it was, but for what was written to a cache', () => {
    const tokens = fc.integer({ min: 0, max: 1_000_000 });
    const counts = fc.record({
      inputTokens: tokens,
      cachedInputTokens: tokens,
      cachedAudioInputTokens: tokens,
      audioInputTokens: tokens,
      imageInputTokens: tokens,
      outputTokens: tokens,
      reasoningTokens: tokens,
      audioOutputTokens: tokens,
      imageOutputTokens: tokens,
    });
    fc.assert(
      fc.property(counts, (some) => {
        expect(usageFromGemini(encodeUsage(usageOf(some), null))).toEqual(usageOf(some));
      }),
    );
    const written = usageOf({ inputTokens: 3, cacheWrite5mTokens: 4 });
    expect(encodeUsage(written, 'flex')).toMatchObject({ promptTokenCount: 7, serviceTier: 'flex' });
    expect(encodeUsage(NO_USAGE, null)).toEqual({ promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 });
  });
});
