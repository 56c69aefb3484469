import OpenAI, { BadRequestError, NotFoundError, RateLimitError } from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
let client: OpenAI;
beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'sk-test', maxRetries: 0, timeout: 5000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const input = 'Why is the sky blue?';
const tools = [
  {
    type: 'function' as const,
    name: 'weather',
    strict: true,
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
];

async function read(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe('responses through the official client', () => {
  it('answer with text and the set figures', async () => {
    const model = 'demo-chat?output_tokens=12&input_tokens=1000&cached_tokens=400&reasoning_tokens=2&text=Hello';
    const response = await client.responses.create({ model, input, metadata: { team: 'a' } });
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'demo-chat',
      output_text: 'Hello',
      metadata: { team: 'a' },
      usage: {
        input_tokens: 1000,
        input_tokens_details: { cached_tokens: 400 },
        output_tokens: 12,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 1012,
      },
    });
  });

  it('stream typed events that end with the response of the plain answer', async () => {
    const model = 'demo-chat?text=abcdefgh';
    const events = await read(await client.responses.create({ model, input, stream: true }));
    expect(events.map((event) => event.type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((event) => ('sequence_number' in event ? event.sequence_number : -1))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    const plain = await client.responses.create({ model, input });
    const final = await client.responses.stream({ model, input }).finalResponse();
    expect([final.output_text, final.usage]).toEqual([plain.output_text, plain.usage]);
  });

  it('call a function, plain and streamed, and go on with its output', async () => {
    const asked = { model: 'demo-chat?tool=1', input, tools };
    const plain = await client.responses.create(asked);
    const called = { type: 'function_call', name: 'weather', arguments: '{"city":"demo"}', status: 'completed' };
    expect(plain.output).toMatchObject([called]);
    const final = await client.responses.stream({ ...asked, tool_choice: 'required' }).finalResponse();
    expect(final.output).toMatchObject([called]);
    const [call] = plain.output;
    if (call?.type !== 'function_call') throw new Error('No function was called.');
    const answer = await client.responses.create({
      ...asked,
      previous_response_id: plain.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });
    expect(answer.output_text).toContain('demo answer');
    expect(answer.previous_response_id).toBe(plain.id);
  });

  it('think aloud, then call several functions, plain and streamed alike', async () => {
    const model = 'demo-chat?reasoning=abcdefgh&tool_calls=2';
    const plain = await client.responses.create({ model, input, tools });
    const shape = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'abcdefgh' }] },
      { type: 'function_call', name: 'weather' },
      { type: 'function_call', name: 'weather' },
    ];
    expect(plain.output).toMatchObject(shape);
    expect(plain.usage?.output_tokens_details.reasoning_tokens).toBe(2);
    const events = await read(await client.responses.create({ model, input, tools, stream: true }));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { output: shape } });
    const count = (type: string): number => events.filter((event) => event.type === type).length;
    expect(count('response.reasoning_summary_part.added')).toBe(1);
    expect(count('response.reasoning_summary_text.delta')).toBe(2);
    expect(count('response.function_call_arguments.done')).toBe(2);
    expect(count('response.output_item.done')).toBe(3);
  });

  it.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ])('end incomplete after %s', async (finishReason, reason) => {
    const model = `demo-chat?finish_reason=${finishReason}`;
    const response = await client.responses.create({ model, input });
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason } });
    const events = await read(await client.responses.create({ model, input, stream: true }));
    expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response: { incomplete_details: { reason } } });
  });

  it('follow a schema and a limit of the output', async () => {
    const text = {
      format: {
        type: 'json_schema' as const,
        name: 'city',
        schema: { type: 'object', properties: { city: { type: 'string' } } },
      },
    };
    expect((await client.responses.create({ model: 'm', input, text })).output_text).toBe('{"city":"demo"}');
    const short = await client.responses.create({ model: 'm', input, max_output_tokens: 16 });
    expect(short).toMatchObject({ status: 'incomplete', usage: { output_tokens: 16 } });
  });
});

describe('stored responses', () => {
  it('can be read, continued, listed by their input, and deleted', async () => {
    const first = await client.responses.create({ model: 'demo-chat', input });
    expect(await client.responses.retrieve(first.id)).toMatchObject({ id: first.id, output: first.output });
    const alone = await client.responses.create({ model: 'demo-chat', input });
    const second = await client.responses.create({ model: 'demo-chat', input, previous_response_id: first.id });
    expect(second.usage!.input_tokens).toBeGreaterThan(alone.usage!.input_tokens);
    const items = await client.responses.inputItems.list(first.id);
    expect(items.data).toMatchObject([{ role: 'user', content: [{ text: input }] }]);
    await client.responses.delete(first.id);
    await expect(client.responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
    const orphan = client.responses.create({ model: 'demo-chat', input, previous_response_id: first.id });
    await expect(orphan).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  });

  it('are not kept when the caller forbids it, nor over a reset', async () => {
    const hidden = await client.responses.create({ model: 'demo-chat', input, store: false });
    await expect(client.responses.retrieve(hidden.id)).rejects.toBeInstanceOf(NotFoundError);
    const kept = await client.responses.create({ model: 'demo-chat', input });
    simulator.reset();
    await expect(client.responses.retrieve(kept.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('go on in the background until they are ready or cancelled', async () => {
    const start = () => client.responses.create({ model: 'demo-chat?text=ready', input, background: true });
    const started = await start();
    expect(started).toMatchObject({ status: 'queued', output: [], usage: null });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await client.responses.retrieve(started.id)).status);
    expect(statuses).toEqual(['in_progress', 'completed', 'completed']);
    const other = await start();
    expect((await client.responses.cancel(other.id)).status).toBe('cancelled');
    expect((await client.responses.retrieve(other.id)).status).toBe('cancelled');
    const direct = await client.responses.create({ model: 'demo-chat', input });
    await expect(client.responses.cancel(direct.id)).rejects.toThrow('Cannot cancel a synchronous response.');
  });

  it('count their input before they are made', async () => {
    const counted = await client.responses.inputTokens.count({ model: 'demo-chat', input, instructions: 'Be brief.' });
    const response = await client.responses.create({ model: 'demo-chat', input, instructions: 'Be brief.' });
    expect(counted).toEqual({ object: 'response.input_tokens', input_tokens: response.usage!.input_tokens });
  });
});

describe('what goes wrong with a response', () => {
  it.each([
    [{ model: 'm' }, 'missing_required_parameter', 'input'],
    [{ model: 'm', input: 5 }, 'invalid_type', 'input'],
    [{ model: 'm', input: [{ role: 'robot', content: 'x' }] }, 'invalid_value', 'input[0].role'],
    [{ model: 'm', input, max_output_tokens: 1 }, 'integer_below_min_value', 'max_output_tokens'],
    [{ model: 'm', input, tools: [{ type: 'function' }] }, 'missing_required_parameter', 'tools[0].name'],
  ])('is told in the words of the API: %j', async (body, code, param) => {
    const error: unknown = await client.responses.create(body as never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ code, param });
  });

  it('is a status, a failed response in the stream, or the end of the connection', async () => {
    const ask = (fault: string) =>
      client.responses.create({ model: `demo-chat?fault=${fault}&after_tokens=1`, input, stream: true });
    await expect(ask('429')).rejects.toBeInstanceOf(RateLimitError);
    await expect(read(await ask('stream_error'))).rejects.toThrow('The server had an error');
    const raw = await fetch(`${simulator.url}/v1/responses`, {
      method: 'POST',
      headers: { 'x-simulate': 'fault=stream_error&after_tokens=1' },
      body: JSON.stringify({ model: 'm', input, stream: true }),
    });
    const frames = (await raw.text()).trimEnd().split('\n\n');
    expect(frames.filter((frame) => frame.startsWith('event: response.output_text.delta'))).toHaveLength(1);
    expect(frames.at(-1)).toMatch(/^event: response.failed\ndata: .*"status":"failed".*"sequence_number":6}$/);
    await expect(read(await ask('cut'))).rejects.toThrow();
  });

  it('stays whole through frames that are split anywhere', async () => {
    const model = `demo-chat?split_bytes=3&text=${encodeURIComponent('Grüße 👋🏽')}`;
    const final = await client.responses.stream({ model, input }).finalResponse();
    expect(final.output_text).toBe('Grüße 👋🏽');
  });
});
