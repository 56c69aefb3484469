import { usageOf } from '@ao/pricing';
import fc from 'fast-check';
import { decodeStream, recording } from '../__fixtures__/streams.js';
import type { AnswerEvent } from '../canonical/index.js';
import { ollama, ollamaGenerate } from './index.js';

const file = (name: string) => recording(name, import.meta.url);
const CONTEXT = { id: 'ours', model: 'alias', nowS: 1_772_615_551, includeUsage: false };
const HEAD = { model: 'alias', created_at: '2026-03-04T09:12:31.000Z' };
const COUNTS = {
  total_duration: 0,
  load_duration: 0,
  prompt_eval_count: 3,
  prompt_eval_duration: 0,
  eval_count: 2,
  eval_duration: 0,
};
const USAGE = usageOf({ inputTokens: 3, outputTokens: 2 });

const lines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('answers of Ollama', () => {
  it('[PR-011] are read whole', () => {
    expect(ollama.decodeAnswer(file('chat.json'))).toEqual({
      id: null,
      model: 'qwen3:8b',
      choices: [
        {
          parts: [{ type: 'text', text: 'Rayleigh scattering favours short wavelengths, so the sky looks blue.' }],
          finishReason: 'stop',
          stopSequence: null,
          logprobs: null,
        },
      ],
      usage: usageOf({ inputTokens: 31, outputTokens: 17 }),
      serviceTier: null,
    });
  });

  it('[GW-006] name calls that Ollama leaves without id', () => {
    const [choice] = ollama.decodeAnswer(file('tools.json')).choices;
    expect(choice).toMatchObject({ finishReason: 'tool_calls' });
    expect(choice!.parts).toEqual([
      { type: 'reasoning', text: 'Two cities: two calls.', signature: null, redacted: null },
      { type: 'tool_call', id: 'call_20260304091402118204_0', name: 'get_weather', argumentsJson: '{"city":"Oslo"}' },
      { type: 'tool_call', id: 'call_k2v9', name: 'get_weather', argumentsJson: '{"city":"Bergen","days":2}' },
    ]);
  });

  it.each(['{"error":"no"}', '[]', '{"message":{"content":"half"},"done":false}', 'oops'])('are not %s', (body) => {
    expect(() => ollama.decodeAnswer(Buffer.from(body))).toThrow();
  });

  it('[PR-011] are read as they stream', () => {
    expect(decodeStream(ollama, file('stream.ndjson'))).toEqual([
      { type: 'start', id: null, model: 'qwen3:8b' },
      { type: 'reasoning', choice: 0, text: 'Short ' },
      { type: 'reasoning', choice: 0, text: 'wavelengths.' },
      { type: 'reasoning_proof', choice: 0, signature: null, redacted: null },
      { type: 'text', choice: 0, text: 'Blåtind ' },
      { type: 'text', choice: 0, text: '🏔️ is 1 mile up.' },
      { type: 'finish', choice: 0, reason: 'length', stopSequence: null },
      { type: 'usage', usage: usageOf({ inputTokens: 22, outputTokens: 19 }), serviceTier: null },
      { type: 'done' },
    ]);
  });

  it('[GW-006] stream calls side by side', () => {
    const since = '20260304092241184789';
    expect(decodeStream(ollama, file('tools-stream.ndjson')).slice(1, 7)).toEqual([
      { type: 'text', choice: 0, text: 'Let me look.' },
      { type: 'tool_call', choice: 0, index: 0, id: `call_${since}_0`, name: 'get_weather' },
      { type: 'tool_arguments', choice: 0, index: 0, text: '{"city":"Oslo"}' },
      { type: 'tool_call', choice: 0, index: 1, id: `call_${since}_1`, name: 'get_time' },
      { type: 'tool_arguments', choice: 0, index: 1, text: '{}' },
      { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
    ]);
  });

  it('tell an error within the stream', () => {
    const events = decodeStream(ollama, file('error-stream.ndjson'));
    expect(events.at(-1)).toEqual({ type: 'error', message: 'the model runner has stopped unexpectedly' });
    expect(events).not.toContainEqual({ type: 'done' });
  });

  it.each(['stream.ndjson', 'tools-stream.ndjson', 'error-stream.ndjson'])('say the same however %s is cut', (name) => {
    const bytes = file(name);
    const windows = Buffer.from(bytes.toString().replaceAll('\n', '\r\n\r\n'));
    const whole = decodeStream(ollama, bytes);
    fc.assert(
      fc.property(fc.array(fc.nat()), (places) => {
        expect(decodeStream(ollama, bytes, places)).toEqual(whole);
        expect(decodeStream(ollama, windows, places)).toEqual(whole);
      }),
    );
  });

  it('[PR-011] map errors by their status', () => {
    const body = Buffer.from('{"error":"model \'nope\' not found"}');
    expect(ollama.mapError(404, body)).toMatchObject({ kind: 'model_not_found', status: 404, retryable: false });
    expect(ollama.mapError(500, body)).toMatchObject({ kind: 'server', status: 502, retryable: true });
  });
});

describe('answers for clients of Ollama', () => {
  const answer = {
    ...ollama.decodeAnswer(file('tools.json')),
    usage: USAGE,
  };

  it('are written whole', () => {
    expect(JSON.parse(ollama.encodeAnswer(answer, CONTEXT))).toEqual({
      ...HEAD,
      message: {
        role: 'assistant',
        content: '',
        thinking: 'Two cities: two calls.',
        tool_calls: [
          {
            id: 'call_20260304091402118204_0',
            function: { index: 0, name: 'get_weather', arguments: { city: 'Oslo' } },
          },
          { id: 'call_k2v9', function: { index: 1, name: 'get_weather', arguments: { city: 'Bergen', days: 2 } } },
        ],
      },
      done: true,
      done_reason: 'stop',
      ...COUNTS,
    });
  });

  it('[PR-011] of a prompt stand in `response`', () => {
    const text = ollama.decodeAnswer(file('chat.json'));
    expect(JSON.parse(ollamaGenerate.encodeAnswer({ ...text, usage: USAGE }, CONTEXT))).toEqual({
      ...HEAD,
      response: 'Rayleigh scattering favours short wavelengths, so the sky looks blue.',
      done: true,
      done_reason: 'stop',
      ...COUNTS,
    });
    const encoder = ollamaGenerate.createEncoder(CONTEXT);
    expect(lines(encoder.encode({ type: 'text', choice: 0, text: 'Hi' }) + encoder.close(USAGE, null))).toEqual([
      { ...HEAD, response: 'Hi', done: false },
      { ...HEAD, response: '', done: true, done_reason: 'stop', ...COUNTS },
    ]);
  });

  it('[GW-006] stream calls whole, after their last piece', () => {
    const events: AnswerEvent[] = [
      { type: 'start', id: 'theirs', model: 'theirs' },
      { type: 'reasoning', choice: 0, text: 'Hm.' },
      { type: 'text', choice: 0, text: 'Look:' },
      { type: 'tool_call', choice: 0, index: 0, id: 'a', name: 'one' },
      { type: 'tool_call', choice: 0, index: 1, id: 'b', name: 'two' },
      { type: 'tool_arguments', choice: 0, index: 0, text: '{"x":' },
      { type: 'tool_arguments', choice: 0, index: 1, text: '{}' },
      { type: 'tool_arguments', choice: 0, index: 0, text: '1}' },
      { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
    ];
    const encoder = ollama.createEncoder(CONTEXT);
    const written = events.map((event) => encoder.encode(event)).join('') + encoder.close(USAGE, null);
    const message = (more: object) => ({ ...HEAD, message: { role: 'assistant', content: '', ...more }, done: false });
    expect(lines(written)).toEqual([
      message({ thinking: 'Hm.' }),
      message({ content: 'Look:' }),
      message({
        tool_calls: [
          { id: 'a', function: { index: 0, name: 'one', arguments: { x: 1 } } },
          { id: 'b', function: { index: 1, name: 'two', arguments: {} } },
        ],
      }),
      { ...HEAD, message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', ...COUNTS },
    ]);
  });

  it('[PR-011] come back as they went', () => {
    const whole = decodeStream(ollama, file('stream.ndjson'));
    const encoder = ollama.createEncoder({ ...CONTEXT, model: 'qwen3:8b' });
    const written = whole.map((event) => encoder.encode(event)).join('');
    const usage = usageOf({ inputTokens: 22, outputTokens: 19 });
    expect(decodeStream(ollama, Buffer.from(written + encoder.close(usage, null)))).toEqual(whole);
  });

  it('break off with an error that no client takes for an end', () => {
    const error = {
      message: 'The budget is used up.',
      type: 'insufficient_quota',
      param: null,
      code: 'budget_exceeded',
    };
    expect(ollama.createEncoder(CONTEXT).fail({ error })).toBe('{"error":"The budget is used up."}\n');
    expect(ollama.encodeError(402, { error })).toBe('{"error":"The budget is used up."}');
  });
});
