import { usageOf } from '@ao/pricing';
import fc from 'fast-check';
import { decodeStream, encoded, recording } from '../__fixtures__/streams.js';
import type { Part } from '../canonical/index.js';
import { cohere } from './index.js';

const file = (name: string) => recording(name, import.meta.url);
const END_OF_THOUGHT = { type: 'reasoning_proof', choice: 0, signature: null, redacted: null };
const TOOL = { name: 'f', description: 'Finds', parameters: { type: 'object' }, strict: true };

describe('Cohere streams', () => {
  it('[PR-007] [GW-006] tell the plan as reasoning, and calls side by side', () => {
    expect(decodeStream(cohere, file('tools-stream.sse'))).toEqual([
      { type: 'start', id: '9b1c7a52-3b0e-4a53-9d7e-0a3f7f3f1e11', model: null },
      { type: 'reasoning', choice: 0, text: 'I will ask ' },
      { type: 'reasoning', choice: 0, text: 'for both citiés.' },
      END_OF_THOUGHT,
      { type: 'tool_call', choice: 0, index: 0, id: 'get_weather_k8a1', name: 'get_weather' },
      { type: 'tool_arguments', choice: 0, index: 0, text: '{"city": "Os' },
      { type: 'tool_arguments', choice: 0, index: 0, text: 'lo"}' },
      { type: 'tool_call', choice: 0, index: 1, id: 'get_time_x2c9', name: 'get_time' },
      { type: 'tool_arguments', choice: 0, index: 1, text: '{}' },
      { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
      { type: 'usage', usage: usageOf({ inputTokens: 41, outputTokens: 28 }), serviceTier: null },
      { type: 'done' },
    ]);
  });

  it('[PR-007] tell thoughts, text and where it was taken from', () => {
    expect(decodeStream(cohere, file('cited-stream.sse')).slice(1, -2)).toEqual([
      { type: 'reasoning', choice: 0, text: 'The report says so.' },
      END_OF_THOUGHT,
      { type: 'text', choice: 0, text: 'Sales grew 4 % 📈.' },
      { type: 'citation', choice: 0, citation: { title: 'Q3', url: null, text: '4 %', start: 11, end: 14 } },
      { type: 'finish', choice: 0, reason: 'stop', stopSequence: null },
    ]);
  });

  it.each(['tools-stream.sse', 'cited-stream.sse'])('[PR-007] say the same however %s is cut', (name) => {
    const bytes = file(name);
    const whole = decodeStream(cohere, bytes);
    fc.assert(
      fc.property(fc.array(fc.nat()), (places) => {
        expect(decodeStream(cohere, bytes, places)).toEqual(whole);
      }),
    );
  });

  it.each([
    ['{"type":"message-end","delta":{"finish_reason":"ERROR","error":"model broke"}}', 'model broke'],
    ['{"type":"message-end","delta":{"finish_reason":"TIMEOUT"}}', 'TIMEOUT'],
    ['{"id":"x","message":"internal server error"}', 'internal server error'],
  ])('never take a failure for an end: %s', (data, message) => {
    expect(decodeStream(cohere, Buffer.from(`data: ${data}\n\n`))).toEqual([{ type: 'error', message }]);
  });
});

describe('Cohere', () => {
  it('[PR-007] answers are read whole', () => {
    const sources = [{ type: 'document', id: 'd', document: { title: 'Q3' } }];
    const body = {
      id: 'c1',
      finish_reason: 'MAX_TOKENS',
      message: {
        role: 'assistant',
        tool_plan: 'Ask.',
        content: [{ type: 'text', text: 'It grew' }],
        citations: [
          { start: 3, end: 7, text: 'grew', sources, type: 'TEXT_CONTENT' },
          { start: 0, end: 2, text: 'As', sources, type: 'PLAN' },
        ],
        tool_calls: [{ id: 't', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      usage: { billed_units: { input_tokens: 3, output_tokens: 2 }, tokens: { input_tokens: 90, output_tokens: 9 } },
    };
    const answer = cohere.decodeAnswer(Buffer.from(JSON.stringify(body)));
    const citation = { title: 'Q3', url: null, text: 'grew', start: 3, end: 7 };
    expect(answer.choices[0]).toEqual({
      parts: [
        { type: 'reasoning', text: 'Ask.', signature: null, redacted: null },
        { type: 'text', text: 'It grew', citations: [citation] },
        { type: 'tool_call', id: 't', name: 'f', argumentsJson: '{"a":1}' },
      ],
      finishReason: 'length',
      stopSequence: null,
      logprobs: null,
    });
    expect(answer).toMatchObject({ id: 'c1', usage: { inputTokens: 3, outputTokens: 2 } });
    const failed = Buffer.from(JSON.stringify({ ...body, finish_reason: 'ERROR' }));
    expect(() => cohere.decodeAnswer(failed)).toThrow(TypeError);
  });

  it('[GW-006] requests carry calls with their plan, results, documents and settings', () => {
    const { json, dropped } = encoded(
      cohere,
      {
        system: [{ type: 'text', text: 'Be brief.' }],
        messages: [
          {
            role: 'user',
            parts: [
              { type: 'document', source: { kind: 'text', text: 'Sales grew.' }, name: 'Q3' },
              { type: 'text', text: 'How?' },
              { type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'iVBO' }, detail: null },
            ],
          },
          {
            role: 'assistant',
            parts: [
              { type: 'reasoning', text: 'Look.', signature: null, redacted: null },
              { type: 'tool_call', id: 'a', name: 'f', argumentsJson: '' },
            ],
          },
          {
            role: 'user',
            parts: [
              { type: 'tool_result', callId: 'a', name: null, parts: [{ type: 'text', text: 'no' }], isError: true },
            ],
          },
        ],
        tools: [TOOL],
        toolChoice: { kind: 'required' },
        reasoning: { effort: 'low', budgetTokens: null, isAdaptive: false, isShown: null },
        outputFormat: { kind: 'schema', name: 'a', schema: { type: 'object' }, strict: null },
        stream: true,
        maxOutputTokens: 50,
        topP: 0.9,
        topK: 4,
        stop: ['END'],
      },
      { model: 'command-a-reasoning-08-2025' },
    );
    expect(dropped).toEqual([]);
    expect(json).toEqual({
      model: 'command-a-reasoning-08-2025',
      stream: true,
      documents: [{ id: 'document-1', data: { title: 'Q3', text: 'Sales grew.' } }],
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'How?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
          ],
        },
        {
          role: 'assistant',
          tool_plan: 'Look.',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'Error: no' },
      ],
      tools: [{ type: 'function', function: { name: 'f', description: 'Finds', parameters: { type: 'object' } } }],
      tool_choice: 'REQUIRED',
      strict_tools: true,
      response_format: { type: 'json_object', json_schema: { type: 'object' } },
      thinking: { type: 'enabled', token_budget: 1_024 },
      max_tokens: 50,
      p: 0.9,
      k: 4,
      stop_sequences: ['END'],
    });
  });

  it('tells what it had to drop', () => {
    const tools = [TOOL, { ...TOOL, name: 'g' }];
    const { json, dropped } = encoded(cohere, {
      tools,
      toolChoice: { kind: 'tool', name: 'g' },
      frequencyPenalty: -1,
      presencePenalty: 0.5,
      logitBias: { 1: 2 },
    });
    expect(dropped).toEqual(['tool_choice', 'frequency_penalty', 'logit_bias']);
    expect(json).toMatchObject({ tool_choice: 'REQUIRED', presence_penalty: 0.5 });
    expect(json).not.toHaveProperty('frequency_penalty');
  });

  it.each<[string, Part]>([
    ['images', { type: 'image', source: { kind: 'file', id: 'f' }, detail: null }],
    ['sound', { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: '' } }],
    ['documents', { type: 'document', source: { kind: 'file', id: 'f' }, name: null }],
  ])('refuses %s that it cannot take', (what, part) => {
    const refuse = () => encoded(cohere, { messages: [{ role: 'user', parts: [part] }] });
    expect(refuse).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
    expect(refuse).toThrow(what);
  });

  it('[PR-007] maps errors by their status', () => {
    const body = Buffer.from('{"id":"x","message":"too many tokens: reduce the length of the prompt"}');
    expect(cohere.mapError(400, body)).toMatchObject({ kind: 'context_length', status: 400 });
    expect(cohere.mapError(429, body)).toMatchObject({ kind: 'rate_limit', status: 429, retryable: true });
  });
});
