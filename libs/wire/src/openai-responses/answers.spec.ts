import type { ErrorBody } from '@ao/kernel';
import { NO_USAGE, usageOf } from '@ao/pricing';
import type { Answer, AnswerEvent, AnswerPart, FinishReason } from '../canonical/index.js';
import { openAiChat } from '../openai-chat/index.js';
import { openAiResponses } from './index.js';

type Json = Record<string, unknown>;

const request = {
  model: 'coder',
  instructions: 'Be kind.',
  temperature: 0.2,
  metadata: { team: 'a' },
  tools: [{ type: 'function', name: 'f' }, { type: 'custom', name: 'apply_patch' }, { type: 'local_shell' }],
};
const context = { id: '0a-1b', model: 'coder', nowS: 1_700_000_000, includeUsage: true, request };
const usage = usageOf({ inputTokens: 5, cachedInputTokens: 3, outputTokens: 7, reasoningTokens: 2 });

const answerOf = (parts: AnswerPart[], finishReason: FinishReason | null = 'stop'): Answer => ({
  id: null,
  model: null,
  choices: [{ parts, finishReason, stopSequence: null, logprobs: null }],
  usage,
  serviceTier: null,
});
const encoded = (parts: AnswerPart[], finishReason?: FinishReason): Json =>
  JSON.parse(openAiResponses.encodeAnswer(answerOf(parts, finishReason), context)) as Json;

/** The parts that a conversation holds most often. */
const allParts: AnswerPart[] = [
  { type: 'reasoning', text: 'Hm.', signature: 'c2ln', redacted: null },
  { type: 'reasoning', text: '', signature: null, redacted: 'c2VjcmV0' },
  {
    type: 'text',
    text: 'Look.',
    citations: [{ title: 'T', url: 'https://pages.example', text: null, start: 0, end: 4 }],
  },
  { type: 'refusal', text: 'No.' },
  { type: 'tool_call', id: 'c1', name: 'f', argumentsJson: '{"a":1}', signature: 'cHJvb2Y=' },
  { type: 'tool_call', id: 'c2', name: 'apply_patch', argumentsJson: '{"input":"*** \\"x\\""}' },
  { type: 'tool_call', id: 'c3', name: 'local_shell', argumentsJson: '{"command":["ls"],"timeout_ms":5}' },
];

const allItems = [
  { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'ao.signature.c2ln' },
  { type: 'reasoning', summary: [], encrypted_content: 'c2VjcmV0' },
  {
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [
      {
        type: 'output_text',
        text: 'Look.',
        logprobs: [],
        annotations: [{ type: 'url_citation', url: 'https://pages.example', title: 'T', start_index: 0, end_index: 4 }],
      },
      { type: 'refusal', refusal: 'No.' },
    ],
  },
  { type: 'reasoning', summary: [], encrypted_content: 'ao.call.cHJvb2Y=' },
  { type: 'function_call', status: 'completed', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
  { type: 'custom_tool_call', status: 'completed', call_id: 'c2', name: 'apply_patch', input: '*** "x"' },
  {
    type: 'local_shell_call',
    status: 'completed',
    call_id: 'c3',
    action: { type: 'exec', command: ['ls'], env: {}, timeout_ms: 5 },
  },
];

const allEvents: AnswerEvent[] = [
  { type: 'start', id: null, model: null },
  { type: 'reasoning', choice: 0, text: 'H' },
  { type: 'reasoning', choice: 0, text: 'm.' },
  { type: 'reasoning_proof', choice: 0, signature: 'c2ln', redacted: null },
  { type: 'reasoning_proof', choice: 0, signature: null, redacted: 'c2VjcmV0' },
  { type: 'text', choice: 0, text: 'Lo' },
  { type: 'text', choice: 0, text: 'ok.' },
  {
    type: 'citation',
    choice: 0,
    citation: { title: 'T', url: 'https://pages.example', text: null, start: 0, end: 4 },
  },
  { type: 'refusal', choice: 0, text: 'No.' },
  { type: 'tool_call', choice: 0, index: 0, id: 'c1', name: 'f', signature: 'cHJvb2Y=' },
  { type: 'tool_call', choice: 0, index: 1, id: 'c2', name: 'apply_patch' },
  { type: 'tool_arguments', choice: 0, index: 1, text: '{"input":"*** ' },
  // Two calls at once, their arguments mixed.
  { type: 'tool_arguments', choice: 0, index: 0, text: '{"a":' },
  { type: 'tool_arguments', choice: 0, index: 1, text: '\\"x\\""}' },
  { type: 'tool_arguments', choice: 0, index: 0, text: '1}' },
  { type: 'tool_call', choice: 0, index: 2, id: 'c3', name: 'local_shell' },
  { type: 'tool_arguments', choice: 0, index: 2, text: '{"command":["ls"],"timeout_ms":5}' },
  { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
  { type: 'done' },
];

const framesOf = (stream: string): Json[] =>
  stream
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => {
      const [type, data] = frame.split('\n') as [string, string];
      const event = JSON.parse(data.slice('data: '.length)) as Json;
      expect(type).toBe(`event: ${String(event['type'])}`);
      return event;
    });

const streamOf = (events: readonly AnswerEvent[], costUsd: string | null = null): Json[] => {
  const encoder = openAiResponses.createEncoder(context);
  return framesOf(events.map((event) => encoder.encode(event)).join('') + encoder.close(usage, costUsd));
};
const responseOf = (frames: readonly Json[]): Json => frames.at(-1)!['response'] as Json;

describe('answers for Responses clients', () => {
  it('[BX-005] gives every kind of part its item, with ids, usage and the settings of the request', () => {
    const response = encoded(allParts, 'tool_calls');
    expect(response).toMatchObject({
      id: 'resp_0a1b',
      object: 'response',
      created_at: 1_700_000_000,
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'coder',
      instructions: 'Be kind.',
      temperature: 0.2,
      top_p: 1,
      metadata: { team: 'a' },
      tools: request.tools,
      tool_choice: 'auto',
      parallel_tool_calls: true,
      previous_response_id: null,
      text: { format: { type: 'text' } },
      output: allItems,
      usage: {
        input_tokens: 8,
        input_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
        output_tokens: 9,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 17,
      },
    });
    const ids = (response['output'] as Json[]).map(({ id }) => id);
    expect(ids).toEqual(['rs_0a1b_0', 'rs_0a1b_1', 'msg_0a1b_2', 'rs_0a1b_3', 'fc_0a1b_4', 'ctc_0a1b_5', 'lsh_0a1b_6']);
  });

  it.each([
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content_filter', 'incomplete', { reason: 'content_filter' }],
    ['refusal', 'incomplete', { reason: 'content_filter' }],
    ['stop_sequence', 'completed', null],
  ] as const)('[BX-005] tells an end by %s as %s, whole and in a stream', (reason, status, details) => {
    const expected = { status, incomplete_details: details, output: [{ status }] };
    expect(encoded([{ type: 'text', text: 'Half' }], reason)).toMatchObject(expected);
    const frames = streamOf([
      { type: 'text', choice: 0, text: 'Half' },
      { type: 'finish', choice: 0, reason, stopSequence: null },
    ]);
    expect(frames.at(-1)).toMatchObject({ type: `response.${status}`, response: expected });
  });

  it('hands a custom tool on what the model wrote against its schema', () => {
    const broken = encoded([{ type: 'tool_call', id: 'c', name: 'apply_patch', argumentsJson: '*** Begin' }]);
    expect(broken).toMatchObject({ output: [{ type: 'custom_tool_call', input: '*** Begin' }] });
  });

  it('gives log probabilities in its own form', () => {
    const logprobs = { content: [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }] };
    const answer = answerOf([{ type: 'text', text: 'a' }]);
    const text = openAiResponses.encodeAnswer({ ...answer, choices: [{ ...answer.choices[0]!, logprobs }] }, context);
    expect(JSON.parse(text)).toMatchObject({ output: [{ content: [{ logprobs: logprobs.content }] }] });
  });
});

describe('streams for Responses clients', () => {
  it('[BX-005] ends with the same response as a whole answer has', () => {
    const frames = streamOf(allEvents);
    expect(responseOf(frames)).toEqual(encoded(allParts, 'tool_calls'));
    expect(frames.map(({ sequence_number: number }) => number)).toEqual(frames.map((_, index) => index));
  });

  it('[BX-005] tells the events of a message in their order, each with its place', () => {
    const frames = streamOf([
      { type: 'text', choice: 0, text: 'Hel' },
      { type: 'text', choice: 0, text: 'lo' },
      { type: 'finish', choice: 0, reason: 'stop', stopSequence: null },
    ]);
    const place = { item_id: 'msg_0a1b_0', output_index: 0, content_index: 0 };
    expect(frames).toMatchObject([
      { type: 'response.created', response: { status: 'in_progress', output: [], usage: null } },
      { type: 'response.in_progress' },
      { type: 'response.output_item.added', output_index: 0, item: { id: 'msg_0a1b_0', status: 'in_progress' } },
      { type: 'response.content_part.added', ...place, part: { text: '' } },
      { type: 'response.output_text.delta', ...place, delta: 'Hel', logprobs: [] },
      { type: 'response.output_text.delta', ...place, delta: 'lo' },
      { type: 'response.output_text.done', ...place, text: 'Hello' },
      { type: 'response.content_part.done', ...place, part: { text: 'Hello' } },
      { type: 'response.output_item.done', output_index: 0, item: { status: 'completed' } },
      { type: 'response.completed', response: { status: 'completed', output: [{ content: [{ text: 'Hello' }] }] } },
    ]);
    expect(frames).toHaveLength(10);
  });

  it('writes the cost into the usage at the end, exact to the last digit', () => {
    const encoder = openAiResponses.createEncoder(context);
    expect(encoder.close(usage, '0.000000000000000001')).toContain('"total_tokens":17,"cost":0.000000000000000001}}}');
    expect(responseOf(streamOf([], '0.5'))).toMatchObject({ usage: { cost: 0.5 } });
  });

  it('fails a response that was begun, and only reports an error where none was', () => {
    const error: ErrorBody = {
      error: { message: 'Empty.', type: 'insufficient_quota', param: null, code: 'wallet_exhausted' },
    };
    const fresh = openAiResponses.createEncoder(context);
    expect(framesOf(fresh.fail(error))).toMatchObject([{ type: 'error', code: 'wallet_exhausted', message: 'Empty.' }]);
    const begun = openAiResponses.createEncoder(context);
    begun.encode({ type: 'text', choice: 0, text: 'Hi' });
    expect(framesOf(begun.fail(error))).toMatchObject([
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'wallet_exhausted', message: 'Empty.' } },
      },
    ]);
  });
});

describe('answers of Responses providers', () => {
  const chatAnswer = (output: object[], more: object = {}): Json => {
    const body = { id: 'resp_p', model: 'p', status: 'completed', output, usage: null, ...more };
    return JSON.parse(
      openAiChat.encodeAnswer(openAiResponses.decodeAnswer(Buffer.from(JSON.stringify(body))), context),
    ) as Json;
  };

  it('[BX-005] reads back what it wrote, whole and streamed', () => {
    const plain = allParts.filter(({ type }) => type !== 'reasoning').slice(0, 2);
    const call: AnswerPart = { type: 'tool_call', id: 'c1', name: 'f', argumentsJson: '{"a":1}' };
    const text = openAiResponses.encodeAnswer(answerOf([...plain, call], 'tool_calls'), context);
    const answer = openAiResponses.decodeAnswer(Buffer.from(text));
    expect(answer.choices[0]).toMatchObject({ parts: [...plain, call], finishReason: 'tool_calls' });
    expect(answer.usage).toEqual(usage);

    const encoder = openAiResponses.createEncoder(context);
    const sent = allEvents.map((event) => encoder.encode(event)).join('') + encoder.close(usage, null);
    const scanner = openAiResponses.createScanner();
    const decoder = openAiResponses.createDecoder();
    const events = scanner.push(Buffer.from(sent)).flatMap((frame) => decoder.decode(frame));
    const textsOf = (type: string): string =>
      events.flatMap((event) => (event.type === type && 'text' in event ? [event.text] : [])).join('');
    expect(textsOf('text')).toBe('Look.');
    expect(textsOf('refusal')).toBe('No.');
    expect(textsOf('reasoning')).toBe('Hm.');
    const argumentsOf = (index: number): string =>
      events
        .flatMap((event) => (event.type === 'tool_arguments' && event.index === index ? [event.text] : []))
        .join('');
    expect(JSON.parse(argumentsOf(0))).toEqual({ a: 1 });
    expect(JSON.parse(argumentsOf(1))).toEqual({ input: '*** "x"' });
    expect(events.slice(-3)).toEqual([
      { type: 'finish', choice: 0, reason: 'tool_calls', stopSequence: null },
      { type: 'usage', usage, serviceTier: null },
      { type: 'done' },
    ]);
    expect(events).toContainEqual({ type: 'reasoning_proof', choice: 0, signature: null, redacted: 'c2VjcmV0' });
  });

  it('says nothing of tools that the provider ran itself', () => {
    const output = [
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'message', content: [{ type: 'output_text', text: 'Found.', annotations: [{ type: 'file_citation' }] }] },
    ];
    expect(chatAnswer(output)).toMatchObject({ choices: [{ message: { content: 'Found.' }, finish_reason: 'stop' }] });
  });

  it('knows why an answer is incomplete', () => {
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(chatAnswer([], cut)).toMatchObject({ choices: [{ finish_reason: 'length' }] });
    const filtered = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    expect(chatAnswer([], filtered)).toMatchObject({ choices: [{ finish_reason: 'content_filter' }] });
  });

  it.each([['failed'], ['cancelled'], ['queued'], ['in_progress']])('takes none that is %s for an answer', (status) => {
    expect(() => chatAnswer([], { status })).toThrow(TypeError);
  });

  it.each([
    [{ type: 'response.failed', response: { error: { code: 'server_error', message: 'Broken.' } } }],
    [{ type: 'error', code: 'server_error', message: 'Broken.', param: null }],
    [{ type: 'error', error: { message: 'Broken.' } }],
  ])('reads the failure %j', (event) => {
    const frame = Buffer.from(`event: x\ndata: ${JSON.stringify(event)}`);
    expect(openAiResponses.createDecoder().decode(frame)).toEqual([{ type: 'error', message: 'Broken.' }]);
  });

  it('takes the arguments of a call that come only at its end', () => {
    const decoder = openAiResponses.createDecoder();
    const item = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' };
    const frames = ['response.output_item.added', 'response.output_item.done'].map((type) =>
      Buffer.from(`data: ${JSON.stringify({ type, output_index: 0, item })}`),
    );
    expect(frames.flatMap((frame) => decoder.decode(frame))).toEqual([
      { type: 'tool_call', choice: 0, index: 0, id: 'c', name: 'f' },
      { type: 'tool_arguments', choice: 0, index: 0, text: '{"a":1}' },
    ]);
  });

  it('refuses arguments of a call that nobody announced', () => {
    const event = { type: 'response.function_call_arguments.delta', output_index: 3, delta: '{' };
    const decoder = openAiResponses.createDecoder();
    expect(() => decoder.decode(Buffer.from(`data: ${JSON.stringify(event)}`))).toThrow(TypeError);
  });

  it('reports no usage where the provider reported none', () => {
    expect(chatAnswer([])['usage']).toMatchObject({ prompt_tokens: NO_USAGE.inputTokens });
  });
});
