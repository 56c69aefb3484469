import { readFileSync } from 'node:fs';
import { NO_USAGE, usageOf } from '@ao/pricing';
import { AppError } from '@ao/kernel';
import fc from 'fast-check';
import type { AnswerEvent } from '../canonical/index.js';
import { gemini } from './index.js';

const fixture = (name: string) => readFileSync(new URL(`__fixtures__/${name}.sse`, import.meta.url));
const CONTEXT = { id: 'ours-1', model: 'house', nowS: 1, includeUsage: true };

function decodeAll(chunks: readonly Buffer[]): AnswerEvent[] {
  const scanner = gemini.createScanner();
  const decoder = gemini.createDecoder();
  const frames = chunks.flatMap((chunk) => scanner.push(chunk));
  const rest = scanner.end();
  return [...frames, ...(rest ? [rest] : [])].flatMap((frame) => decoder.decode(frame));
}
const events = (...chunks: object[]) =>
  decodeAll(chunks.map((chunk) => Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)));
const chunkOf = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
});

function encodeAll(told: readonly AnswerEvent[], usage = NO_USAGE): { text: string; chunks: any[] } {
  const encoder = gemini.createEncoder(CONTEXT);
  const text = told.map((event) => encoder.encode(event)).join('') + encoder.close(usage, null);
  const frames = text.split('\n\n').filter((frame) => frame !== '');
  return { text, chunks: frames.map((frame) => JSON.parse(frame.replace(/^data: /, ''))) };
}

describe('streams of Gemini', () => {
  it('[PR-004] tell thoughts, text, sources, the end and the usage so far', () => {
    const told = decodeAll([fixture('stream')]);
    const kinds = told.filter(({ type }) => type !== 'usage');
    expect(kinds).toEqual([
      { type: 'start', id: 'T2shaZ_1', model: 'gemini-3-flash-preview' },
      { type: 'reasoning', choice: 0, text: 'Weighing the öre' },
      { type: 'reasoning_proof', choice: 0, signature: null, redacted: null },
      { type: 'text', choice: 0, text: 'Grüezi, ' },
      { type: 'text', choice: 0, text: 'Welt 🌍!' },
      { type: 'reasoning_proof', choice: 0, signature: 'EuwBCukBAXLI2nw=', redacted: null },
      {
        type: 'citation',
        choice: 0,
        citation: { title: 'example.org', url: 'https://example.org/welt', text: null, start: 8, end: 12 },
      },
      { type: 'finish', choice: 0, reason: 'stop', stopSequence: null },
    ]);
    const usages = told.flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
    expect(usages).toHaveLength(4);
    expect(usages.at(-1)).toEqual(usageOf({ inputTokens: 9, outputTokens: 8, reasoningTokens: 20 }));
  });

  it('[GW-006] tell calls side by side whole, and `tool_calls` though Gemini says STOP later', () => {
    const told = decodeAll([fixture('stream-tools')]).filter(({ type }) => type !== 'usage' && type !== 'start');
    expect(told).toEqual([
      { type: 'reasoning', choice: 0, text: 'Two cities.' },
      { type: 'reasoning_proof', choice: 0, signature: null, redacted: null },
      { type: 'tool_call', choice: 0, index: 0, id: 'call_b1JhaQ_0_0', name: 'get_weather', signature: 'CtQBAVSo' },
      { type: 'tool_arguments', choice: 0, index: 0, text: '{"city":"Oslo"}' },
      { type: 'tool_call', choice: 0, index: 1, id: 'x8f2', name: 'get_weather' },
      { type: 'tool_arguments', choice: 0, index: 1, text: '{"city":"Rome"}' },
      { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
    ]);
  });

  it('[PR-004] say the same however they are cut', () => {
    for (const name of ['stream', 'stream-tools']) {
      const whole = fixture(name);
      const told = decodeAll([whole]);
      fc.assert(
        fc.property(fc.array(fc.nat(whole.length), { maxLength: 40 }), (cuts) => {
          const ends = [...cuts, whole.length].toSorted((left, right) => left - right);
          const chunks = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
          expect(decodeAll(chunks)).toEqual(told);
        }),
      );
      expect(decodeAll([...whole].map((byte) => Buffer.from([byte])))).toEqual(told);
    }
  });

  it('[PR-004] of a blocked prompt end with `content_filter`', () => {
    const blocked = { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 } };
    expect(events(blocked).slice(1)).toMatchObject([{ type: 'finish', reason: 'content_filter' }, { type: 'usage' }]);
    expect(events({ usageMetadata: { promptTokenCount: 4 } }).map(({ type }) => type)).toEqual(['start', 'usage']);
  });

  it('[PR-004] tell of an error as data, bare and in a list, and understand nothing else', () => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    const failed = [{ type: 'error', message: 'The model is overloaded.' }];
    expect(events(error)).toEqual(failed);
    expect(decodeAll([Buffer.from(`\n${JSON.stringify([error], null, 2)}`)])).toEqual(failed);
    expect(decodeAll([Buffer.from(': ping\n\n'), Buffer.from('data:\n\n')])).toEqual([]);
    expect(() => decodeAll([Buffer.from('data: {"candidates"\n\n')])).toThrow(SyntaxError);
  });

  it('[PR-004] close a thought with its proof, tell log probabilities once and an end once', () => {
    const proved = chunkOf([{ text: 'Hm', thought: true, thoughtSignature: 'c2ln' }, { text: 'Yes' }]);
    expect(
      events(proved)
        .slice(1)
        .map(({ type }) => type),
    ).toEqual(['reasoning', 'reasoning_proof', 'text']);
    const logprobsResult = { chosenCandidates: [{ token: 'a', logProbability: -1 }] };
    const twice = chunkOf([{ text: 'a' }, { text: 'b' }], { logprobsResult, finishReason: 'STOP' });
    const told = events(twice, chunkOf([], { finishReason: 'STOP' })).slice(1);
    expect(told).toEqual([
      { type: 'text', choice: 0, text: 'a', logprobs: expect.objectContaining({ refusal: null }) },
      { type: 'text', choice: 0, text: 'b' },
      { type: 'finish', choice: 0, reason: 'stop', stopSequence: null },
    ]);
  });

  it('[BX-004] come out for clients of Gemini as they went in', () => {
    for (const name of ['stream', 'stream-tools']) {
      const told = decodeAll([fixture(name)]).filter(({ type }) => type !== 'usage' && type !== 'start');
      const usage = usageOf({ inputTokens: 9, outputTokens: 8, reasoningTokens: 20 });
      const again = decodeAll([Buffer.from(encodeAll(told, usage).text)]);
      const rank = ({ type }: AnswerEvent) => (type === 'finish' ? 1 : 0);
      expect(again.filter(({ type }) => type !== 'usage' && type !== 'start')).toEqual(
        told.toSorted((a, b) => rank(a) - rank(b)),
      );
      expect(again.at(-1)).toEqual({ type: 'usage', usage, serviceTier: null });
    }
  });

  it('[GW-006] write a call when it is whole: before the next call, the next text and the end', () => {
    const call = (index: number): AnswerEvent => ({ type: 'tool_call', choice: 0, index, id: `c${index}`, name: 'f' });
    const piece = (index: number, text: string): AnswerEvent => ({ type: 'tool_arguments', choice: 0, index, text });
    const { chunks } = encodeAll([
      call(0),
      piece(0, '{"a"'),
      piece(0, ':1}'),
      call(1),
      { type: 'text', choice: 0, text: 'so' },
      call(2),
      piece(2, '{"b":2}'),
      { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
      { type: 'usage', usage: NO_USAGE, serviceTier: 'flex' },
    ]);
    const written = (index: number, args: object) => ({ functionCall: { id: `c${index}`, name: 'f', args } });
    expect(chunks.map(({ candidates }) => candidates[0].content.parts)).toEqual([
      [written(0, { a: 1 })],
      [written(1, {}), { text: 'so' }],
      [written(2, { b: 2 })],
    ]);
    expect(chunks.map(({ candidates }) => candidates[0].finishReason)).toEqual([undefined, undefined, 'STOP']);
    expect(chunks.at(-1)).toMatchObject({
      usageMetadata: { serviceTier: 'flex' },
      modelVersion: 'house',
      responseId: 'ours-1',
    });
    const encoder = gemini.createEncoder(CONTEXT);
    encoder.encode(call(0));
    encoder.encode(call(1));
    expect(() => encoder.encode(piece(0, '{}'))).toThrow(TypeError);
  });

  it('[BX-004] end each of several candidates, with an answer that said nothing too', () => {
    const finish = (choice: number, reason: 'stop' | 'length'): AnswerEvent => ({
      type: 'finish',
      choice,
      reason,
      stopSequence: null,
    });
    const { chunks } = encodeAll([{ type: 'text', choice: 1, text: 'b' }, finish(1, 'length'), finish(0, 'stop')]);
    expect(chunks[0].candidates).toEqual([{ content: { role: 'model', parts: [{ text: 'b' }] }, index: 1 }]);
    expect(chunks[1].candidates).toMatchObject([
      { index: 1, finishReason: 'MAX_TOKENS' },
      { index: 0, finishReason: 'STOP' },
    ]);
    expect(encodeAll([]).chunks).toHaveLength(1);
  });

  it('[BX-004] that break off end in an error, which is no chunk and no end', () => {
    const encoder = gemini.createEncoder(CONTEXT);
    const sent = encoder.encode({ type: 'text', choice: 0, text: 'Hal' });
    const failed = encoder.fail(new AppError('stream_error', 'The provider broke off.').toBody());
    expect(JSON.parse(failed.replace(/^data: /, ''))).toMatchObject({
      error: { code: 504, status: 'DEADLINE_EXCEEDED', details: [{ metadata: { code: 'stream_error' } }] },
    });
    expect(decodeAll([Buffer.from(sent + failed)]).map(({ type }) => type)).toEqual(['start', 'text', 'error']);
  });
});
