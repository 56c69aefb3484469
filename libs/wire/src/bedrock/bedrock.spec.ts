import { crc32 } from 'node:zlib';
import { usageOf } from '@ao/pricing';
import fc from 'fast-check';
import { decodeStream, encoded } from '../__fixtures__/streams.js';
import type { Part } from '../canonical/index.js';
import { EventStreamScanner } from './event-stream.js';
import { bedrock } from './index.js';

/** One message as AWS frames it. */
function message(headers: Readonly<Record<string, string>>, json: object): Buffer {
  const named = Object.entries(headers).map(([name, value]) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(Buffer.byteLength(value));
    return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
  });
  // A header that is no string, as AWS may add one.
  const head = Buffer.concat([...named, Buffer.from([1, 0x78, 4, 0, 0, 0, 9])]);
  const payload = Buffer.from(JSON.stringify(json));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + head.length + payload.length);
  prelude.writeUInt32BE(head.length, 4);
  const whole = Buffer.concat([prelude, checksum(prelude), head, payload]);
  return Buffer.concat([whole, checksum(whole)]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}

const event = (type: string, json: object) =>
  message({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, json);
const delta = (contentBlockIndex: number, given: object) =>
  event('contentBlockDelta', { contentBlockIndex, delta: given, p: 'abcd' });
const toolStart = (contentBlockIndex: number, toolUseId: string, name: string) =>
  event('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } });

const STREAM = Buffer.concat([
  event('messageStart', { role: 'assistant' }),
  delta(0, { reasoningContent: { text: 'Two citiés.' } }),
  delta(0, { reasoningContent: { signature: 'c2ln' } }),
  event('contentBlockStop', { contentBlockIndex: 0 }),
  delta(1, { text: 'Looking 🔭' }),
  event('contentBlockStop', { contentBlockIndex: 1 }),
  toolStart(2, 'tooluse_a', 'weather'),
  delta(2, { toolUse: { input: '{"city":' } }),
  toolStart(3, 'tooluse_b', 'time'),
  delta(2, { toolUse: { input: '"Oslo"}' } }),
  delta(3, { toolUse: { input: '{}' } }),
  event('messageStop', { stopReason: 'tool_use' }),
  event('metadata', {
    usage: { inputTokens: 20, outputTokens: 7, totalTokens: 67, cacheReadInputTokens: 30, cacheWriteInputTokens: 10 },
    metrics: { latencyMs: 812 },
    serviceTier: { type: 'priority' },
  }),
]);
const USAGE = usageOf({ inputTokens: 20, outputTokens: 7, cachedInputTokens: 30, cacheWrite5mTokens: 10 });

describe('Bedrock event streams', () => {
  it('[PR-006] [GW-006] tell text, thoughts with their proof, and calls side by side', () => {
    expect(decodeStream(bedrock, STREAM)).toEqual([
      { type: 'start', id: null, model: null },
      { type: 'reasoning', choice: 0, text: 'Two citiés.' },
      { type: 'reasoning_proof', choice: 0, signature: 'c2ln', redacted: null },
      { type: 'text', choice: 0, text: 'Looking 🔭' },
      { type: 'tool_call', choice: 0, index: 0, id: 'tooluse_a', name: 'weather' },
      { type: 'tool_arguments', choice: 0, index: 0, text: '{"city":' },
      { type: 'tool_call', choice: 0, index: 1, id: 'tooluse_b', name: 'time' },
      { type: 'tool_arguments', choice: 0, index: 0, text: '"Oslo"}' },
      { type: 'tool_arguments', choice: 0, index: 1, text: '{}' },
      { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
      { type: 'usage', usage: USAGE, serviceTier: 'priority' },
      { type: 'done' },
    ]);
  });

  it('[PR-006] say the same however they are cut', () => {
    const whole = decodeStream(bedrock, STREAM);
    fc.assert(
      fc.property(fc.array(fc.nat()), (places) => {
        expect(decodeStream(bedrock, STREAM, places)).toEqual(whole);
      }),
    );
  });

  it('[PR-006] are refused where any bit of a message was changed', () => {
    const sent = delta(0, { text: 'ten dollars' });
    fc.assert(
      fc.property(fc.nat({ max: sent.length - 1 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const changed = Buffer.from(sent);
        changed[at]! ^= 1 << bit;
        expect(() => new EventStreamScanner().push(changed)).toThrow(
          expect.objectContaining({ code: 'upstream_error' }),
        );
      }),
    );
  });

  it('are refused when a message is too large, and when they end inside one', () => {
    expect(() => new EventStreamScanner(64).push(delta(0, { text: 'x'.repeat(64) }))).toThrow('too large');
    expect(() => decodeStream(bedrock, STREAM.subarray(0, -5))).toThrow(TypeError);
  });

  it('tell exceptions and errors', () => {
    const exception = message(
      { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      { message: 'Too many requests' },
    );
    expect(decodeStream(bedrock, exception)).toEqual([{ type: 'error', message: 'Too many requests' }]);
    const error = message({ ':message-type': 'error', ':error-code': '500', ':error-message': 'Gone' }, {});
    expect(decodeStream(bedrock, error)).toEqual([{ type: 'error', message: 'Gone' }]);
  });
});

describe('Bedrock', () => {
  it('[PR-006] answers are read whole', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 's' } } },
      { reasoningContent: { redactedContent: 'cmVk' } },
      { text: 'Hello' },
      { toolUse: { toolUseId: 't1', name: 'f', input: { a: 1 } } },
    ];
    const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
    const body = { output: { message: { role: 'assistant', content } }, stopReason: 'max_tokens', usage };
    expect(bedrock.decodeAnswer(Buffer.from(JSON.stringify(body)))).toEqual({
      id: null,
      model: null,
      choices: [
        {
          parts: [
            { type: 'reasoning', text: 'Hm.', signature: 's', redacted: null },
            { type: 'reasoning', text: '', signature: null, redacted: 'cmVk' },
            { type: 'text', text: 'Hello' },
            { type: 'tool_call', id: 't1', name: 'f', argumentsJson: '{"a":1}' },
          ],
          finishReason: 'length',
          stopSequence: null,
          logprobs: null,
        },
      ],
      usage: usageOf({ inputTokens: 3, outputTokens: 2 }),
      serviceTier: null,
    });
    expect(() => bedrock.decodeAnswer(Buffer.from('{"message":"no"}'))).toThrow(TypeError);
  });

  it('[GW-006] requests carry media, calls, results and cache marks', () => {
    const cache = { ttl: '1h' } as const;
    const document = { type: 'document', source: { kind: 'text', text: 'a,b' }, name: 'Q3_report.csv' } as const;
    const { json } = encoded(bedrock, {
      system: [{ type: 'text', text: 'Be brief.', cache }],
      messages: [
        { role: 'user', parts: [document, document] },
        {
          role: 'user',
          parts: [{ type: 'image', source: { kind: 'data', mediaType: 'image/jpeg', data: '/9j/' }, detail: null }],
        },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'a', name: 'f', argumentsJson: '{"x":1}' }] },
        {
          role: 'user',
          parts: [
            { type: 'tool_result', callId: 'a', name: null, parts: [{ type: 'text', text: 'no' }], isError: true },
          ],
        },
      ],
      tools: [{ name: 'f', description: null, parameters: null, strict: true, cache: { ttl: '5m' } }],
      toolChoice: { kind: 'tool', name: 'f' },
      outputFormat: { kind: 'schema', name: 'answer', schema: { type: 'object' }, strict: true },
      stop: ['END'],
      temperature: 0.5,
    });
    const text = { format: 'txt', source: { bytes: 'YSxi' } };
    expect(json).toEqual({
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [
        {
          role: 'user',
          content: [
            { document: { ...text, name: 'Q3-report-csv' } },
            { document: { ...text, name: 'Q3-report-csv 2' } },
            { image: { format: 'jpeg', source: { bytes: '/9j/' } } },
          ],
        },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: { x: 1 } } }] },
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'no' }], status: 'error' } }],
        },
      ],
      inferenceConfig: { temperature: 0.5, stopSequences: ['END'] },
      toolConfig: {
        tools: [
          { toolSpec: { name: 'f', inputSchema: { json: { type: 'object', properties: {} } }, strict: true } },
          { cachePoint: { type: 'default' } },
        ],
        toolChoice: { tool: { name: 'f' } },
      },
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { name: 'answer', schema: '{"type":"object"}' } },
        },
      },
    });
  });

  it('lets Claude think within the limit, and tells what others cannot', () => {
    const reasoning = { effort: null, budgetTokens: 2_000, isAdaptive: false, isShown: null };
    const given = { reasoning, topK: 5, temperature: 0.5 };
    const model = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const claude = encoded(bedrock, given, { model, maxOutputTokens: 8_000 });
    expect(claude.json).toMatchObject({
      inferenceConfig: { maxTokens: 8_000 },
      additionalModelRequestFields: { top_k: 5, thinking: { type: 'enabled', budget_tokens: 2_000 } },
    });
    expect(claude.json['inferenceConfig']).not.toHaveProperty('temperature');
    expect(claude.dropped).toEqual([]);
    const nova = encoded(bedrock, { ...given, seed: 1 }, { model: 'amazon.nova-pro-v1:0' });
    expect(nova.dropped).toEqual(['top_k', 'reasoning_effort', 'seed']);
    expect(nova.json).not.toHaveProperty('additionalModelRequestFields');
  });

  it.each<[string, Part]>([
    ['images', { type: 'image', source: { kind: 'url', url: 'https://e.com/a', mediaType: null }, detail: null }],
    ['image/bmp', { type: 'image', source: { kind: 'data', mediaType: 'image/bmp', data: '' }, detail: null }],
    ['sound', { type: 'audio', source: { kind: 'data', mediaType: 'audio/wav', data: '' } }],
    ['documents', { type: 'document', source: { kind: 'file', id: 'f' }, name: null }],
  ])('refuses %s that it cannot take', (what, part) => {
    const refuse = () => encoded(bedrock, { messages: [{ role: 'user', parts: [part] }] });
    expect(refuse).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
    expect(refuse).toThrow(what);
  });

  it.each([
    [400, 'com.amazon.coral.service#ThrottlingException', 'rate_limit', 429],
    [400, 'ExpiredTokenException', 'credentials', 403],
    [424, 'ModelErrorException:http://internal.amazon.com/', 'server', 502],
    [400, 'ValidationException', 'invalid_request', 400],
  ])('[PR-006] %i %s is %s', (status, type, kind, mapped) => {
    const body = Buffer.from(JSON.stringify({ __type: type, message: 'words' }));
    expect(bedrock.mapError(status, body)).toMatchObject({ kind, status: mapped });
    expect(bedrock.mapError(503, Buffer.from('<html>'))).toMatchObject({ kind: 'server' });
  });
});
