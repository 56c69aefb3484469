import fc from 'fast-check';
import { SseScanner } from '../sse-scanner.js';
import { frameText, readFrame, StreamReader } from './decode-stream.js';

const frame = (data: unknown) => Buffer.from(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
const chunk = (choices: object[], more: object = {}) =>
  frame({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-4o', choices, ...more });
const choice = (delta: object, finishReason: string | null = null) => ({
  index: 0,
  delta,
  logprobs: null,
  finish_reason: finishReason,
});

const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12, prompt_tokens_details: { cached_tokens: 4 } };

describe('StreamReader', () => {
  it('knows the end marker in its spellings, and nothing else as one', () => {
    for (const text of ['data: [DONE]\n\n', 'data:[DONE]\r\n\r\n', 'data: [DONE]\n']) {
      expect(readFrame(Buffer.from(text)).kind).toBe('done');
    }
    expect(readFrame(frame('[1]')).kind).toBe('malformed');
    expect(readFrame(chunk([choice({ content: '[DONE]' })])).kind).toBe('chunk');
  });

  it('tells the extra usage chunk from chunks that carry usage beside choices', () => {
    expect(readFrame(chunk([], { usage: USAGE }))).toMatchObject({ kind: 'usage', usage: USAGE });
    expect(readFrame(chunk([choice({}, 'stop')], { usage: USAGE }))).toMatchObject({ kind: 'chunk', usage: USAGE });
    expect(readFrame(chunk([choice({ content: 'a' })], { usage: null }))).toMatchObject({ kind: 'chunk', usage: null });
    // Azure opens a stream like this: it belongs to the answer.
    expect(readFrame(chunk([], { prompt_filter_results: [] }))).toMatchObject({ kind: 'chunk', usage: null });
  });

  it('finds usage, finish reason and error whatever the spacing and order', () => {
    const spaced = '{"usage" : {"prompt_tokens": 9 },"choices": [ ] , "id":"x"}';
    expect(readFrame(frame(spaced))).toMatchObject({ kind: 'usage', usage: { prompt_tokens: 9 } });
    expect(readFrame(chunk([choice({}, 'tool_calls')])).finishReason).toBe('tool_calls');
    expect(readFrame(frame({ error: { message: 'boom', code: 'server_error' } }))).toMatchObject({
      kind: 'error',
      error: { message: 'boom' },
    });
  });

  it('is not fooled by keys inside generated text or tool arguments', () => {
    const trap =
      '{"usage":{"prompt_tokens":1},"error":{"message":"x"},"finish_reason":"stop","choices":[]} data: [DONE]';
    const delta = { content: trap, tool_calls: [{ index: 0, function: { name: 'f', arguments: trap } }] };
    const seen = readFrame(chunk([choice(delta)]));
    expect(seen).toMatchObject({ kind: 'chunk', usage: null, error: null, finishReason: null });
    expect(seen.textBytes).toBe('f'.length + 2 * (JSON.stringify(trap).length - 2));
  });

  it('passes over comments and keep-alives, and joins data lines', () => {
    for (const text of [': ping\n\n', 'event: ping\n\n', 'data:\n\n', '\n']) {
      expect(readFrame(Buffer.from(text)).kind).toBe('empty');
    }
    expect(readFrame(Buffer.from('event: x\ndata: {"choices":[],\ndata: "usage":{"a":1}}\n\n')).kind).toBe('usage');
  });

  it('calls every cut-off frame malformed and never throws', () => {
    const whole = chunk([choice({ content: 'héllo', tool_calls: [] }, 'stop')], { usage: USAGE });
    const data = whole.subarray(0, -2);
    for (let end = 'data: '.length + 1; end < data.length; end += 1) {
      expect(readFrame(data.subarray(0, end)).kind).toBe('malformed');
    }
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readFrame(Buffer.from(bytes))));
  });

  it('counts as many bytes of text as the chunk generates', () => {
    const delta = fc.record({ content: fc.string({ unit: 'grapheme' }), refusal: fc.string() }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(delta, { minLength: 1 }), (deltas) => {
        const bytes = chunk(deltas.map((each) => choice({ role: 'assistant', ...each })));
        const texts = deltas.flatMap((each) => Object.values(each));
        const expected = texts.map((text) => Buffer.byteLength(JSON.stringify(text)) - 2).reduce((a, b) => a + b, 0);
        expect(readFrame(bytes).textBytes).toBe(expected);
        expect(frameText(bytes)).toBe(
          deltas.map(({ content, refusal }) => `${content ?? ''}${refusal ?? ''}`).join(''),
        );
      }),
    );
  });

  it('reads a frame the same whatever came before it', () => {
    const heads = fc.constantFrom(
      { id: 'a' },
      { id: 'b', model: 'm' },
      { usage: USAGE },
      { usage: null },
      { error: 'x' },
      {},
    );
    const choices = fc.array(fc.constantFrom(choice({ content: 'x' }), choice({}, 'stop')));
    const frames = fc
      .tuple(heads, choices, heads)
      .map(([before, list, after]) => frame({ ...before, choices: list, ...after }));
    const broken = fc.constantFrom(
      frame('[DONE]'),
      frame('{"id":"a","choices":'),
      frame('{"id":"a","'),
      frame('{"id":"a",}'),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 8, arbitrary: frames }, broken)), (stream) => {
        const reader = new StreamReader();
        for (const each of stream) expect(reader.read(each)).toEqual(readFrame(each));
      }),
    );
  });
});

describe('frameText', () => {
  it('gives content, reasoning and tool calls of all choices', () => {
    const delta = {
      reasoning_content: 'hm ',
      content: 'hi',
      tool_calls: [{ function: { name: 'f', arguments: '{"a"' } }],
    };
    expect(frameText(chunk([choice(delta), choice({ content: '!' })]))).toBe('hm hif{"a"!');
    expect(frameText(frame({ choices: [{ index: 0, text: 'legacy' }] }))).toBe('legacy');
  });

  it('gives nothing for frames without text', () => {
    for (const data of ['[DONE]', '{', '{"choices":[null]}', 'null']) expect(frameText(frame(data))).toBe('');
    expect(frameText(Buffer.from(': ping\n\n'))).toBe('');
  });
});

it('reads a stream cut anywhere just as a whole one', () => {
  const frames = [choice({ role: 'assistant', content: '' }), choice({ content: '😀 "x"' }), choice({}, 'stop')];
  const stream = Buffer.concat([...frames.map((each) => chunk([each])), chunk([], { usage: USAGE }), frame('[DONE]')]);
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const scanner = new SseScanner();
    const reader = new StreamReader();
    const seen = [...scanner.push(stream.subarray(0, cut)), ...scanner.push(stream.subarray(cut))].map((each) =>
      reader.read(each),
    );
    expect(seen.map(({ kind }) => kind)).toEqual(['chunk', 'chunk', 'chunk', 'usage', 'done']);
  }
});
