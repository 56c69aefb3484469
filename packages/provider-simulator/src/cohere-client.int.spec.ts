import { CohereClientV2, CohereError, CohereClient } from 'cohere-ai';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
let client: CohereClientV2;
beforeAll(async () => {
  simulator = await startSimulator();
  client = new CohereClientV2({ environment: simulator.url, token: 'key', maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const messages = [{ role: 'user' as const, content: 'Why is the sky blue?' }];
const tools = [
  {
    type: 'function' as const,
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

async function read(request: Parameters<CohereClientV2['chatStream']>[0]): Promise<any[]> {
  const events = [];
  for await (const event of await client.chatStream(request)) events.push(event);
  return events;
}

describe('chat through the official client', () => {
  it('answers with text and billed units', async () => {
    const model = 'demo-chat?text=Hello&input_tokens=100&output_tokens=7&cached_tokens=40';
    const answer = await client.chat({ model, messages });
    expect(answer).toMatchObject({
      finishReason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      usage: {
        billedUnits: { inputTokens: 100, outputTokens: 7 },
        tokens: { inputTokens: 100, outputTokens: 7 },
        cachedTokens: 40,
      },
    });
  });

  it('streams the same text in events, with citations of the documents', async () => {
    const documents = ['The sky scatters light.'];
    const events = await read({ model: 'demo-chat?text=abcdefgh', messages, documents });
    expect(events.map((event) => event.type)).toEqual([
      'message-start',
      'content-start',
      'content-delta',
      'content-delta',
      'citation-start',
      'citation-end',
      'content-end',
      'message-end',
    ]);
    expect(events[4].delta.message.citations).toMatchObject({ start: 0, end: 5, text: 'abcde' });
    expect(events.at(-1)).toMatchObject({
      delta: { finishReason: 'COMPLETE', usage: { billedUnits: { outputTokens: 2 } } },
    });
    const plain = await client.chat({ model: 'demo-chat?text=abcdefgh', messages, documents });
    expect(plain.message.citations).toMatchObject([{ text: 'abcde', sources: [{ type: 'document', id: 'doc:0' }] }]);
  });

  it('calls a tool with a plan, plain and streamed, and ends after its result', async () => {
    const asked = { model: 'demo-chat', messages, tools, toolChoice: 'REQUIRED' as const };
    const plain = await client.chat(asked);
    const called = { name: 'weather', arguments: '{"city":"demo"}' };
    expect(plain).toMatchObject({
      finishReason: 'TOOL_CALL',
      message: { toolPlan: 'I will call weather.', toolCalls: [{ type: 'function', function: called }] },
    });
    const events = await read(asked);
    const of = (type: string): any[] => events.filter((event) => event.type === type);
    expect(
      of('tool-plan-delta')
        .map((event) => event.delta.message.toolPlan)
        .join(''),
    ).toBe('I will call weather.');
    expect(of('tool-call-start')[0].delta.message.toolCalls).toMatchObject({ function: { name: 'weather' } });
    const deltas = of('tool-call-delta').map((event) => event.delta.message.toolCalls.function.arguments);
    expect(deltas.join('')).toBe(called.arguments);
    expect(of('tool-call-end')).toHaveLength(1);
    const answered = await client.chat({
      model: 'demo-chat?tool=1',
      messages: [...messages, { role: 'tool', toolCallId: 'x', content: 'sunny' }],
      tools,
    });
    expect(answered.finishReason).toBe('COMPLETE');
  });

  it('thinks before it speaks, and calls several tools', async () => {
    const plain = await client.chat({ model: 'demo-chat?reasoning=abcdefgh&text=Hello', messages });
    expect(plain.message.content).toEqual([
      { type: 'thinking', thinking: 'abcdefgh' },
      { type: 'text', text: 'Hello' },
    ]);
    const events = await read({ model: 'demo-chat?reasoning=abcdefgh&text=Hello', messages });
    const starts = events.filter((event) => event.type === 'content-start');
    expect(starts.map((event) => [event.index, event.delta.message.content.type])).toEqual([
      [0, 'thinking'],
      [1, 'text'],
    ]);
    const called = await read({ model: 'demo-chat?tool_calls=2', messages, tools });
    expect(called.filter((event) => event.type === 'tool-call-end').map((event) => event.index)).toEqual([0, 1]);
  });

  it('is shortened by the limit of the caller', async () => {
    const answer = await client.chat({ model: 'demo-chat', messages, maxTokens: 2 });
    expect(answer).toMatchObject({ finishReason: 'MAX_TOKENS', usage: { billedUnits: { outputTokens: 2 } } });
  });
});

describe('the other operations through the official client', () => {
  it('embed in every asked form', async () => {
    const { embeddings, meta } = await client.embed({
      model: 'demo-embedding',
      inputType: 'search_query',
      texts: ['one text', 'another'],
      embeddingTypes: ['float', 'int8', 'ubinary', 'base64'],
      outputDimension: 256,
    });
    expect(embeddings.float?.map((vector) => vector.length)).toEqual([256, 256]);
    expect(embeddings.int8?.[0]?.[0]).toBe(Math.round(embeddings.float![0]![0]! * 127));
    expect(embeddings.ubinary?.[0]).toHaveLength(32);
    expect(Buffer.from(embeddings.base64![0]!, 'base64').readFloatLE(0)).toBeCloseTo(embeddings.float![0]![0]!, 6);
    expect(meta?.billedUnits).toEqual({ inputTokens: 4 });
  });

  it('rank documents and bill searches', async () => {
    const documents = [
      'Weather',
      'How to reset a password',
      ...Array.from({ length: 99 }, (_, index) => `Text ${index}`),
    ];
    const { results, meta } = await client.rerank({
      model: 'demo-rerank',
      query: 'reset a password',
      documents,
      topN: 1,
    });
    expect(results).toMatchObject([{ index: 1 }]);
    expect(meta?.billedUnits).toEqual({ searchUnits: 2 });
  });

  it('list the models of an endpoint, beside those of the other protocol', async () => {
    const models = new CohereClient({ environment: simulator.url, token: 'key' }).models;
    expect((await models.list({ endpoint: 'embed' })).models.map((model) => model.name)).toEqual(['demo-embedding']);
    const prefixed = await fetch(`${simulator.url}/cohere/v1/models`);
    expect(await prefixed.json()).toMatchObject({ models: [{ name: 'demo-chat' }, {}, {}] });
    expect(await (await fetch(`${simulator.url}/v1/models`)).json()).toMatchObject({ object: 'list' });
  });
});

describe('errors as the official client sees them', () => {
  it.each([
    ['401', 401, 'invalid api token'],
    ['404', 404, "model 'demo-chat' not found"],
    ['429', 429, 'rate limit'],
    ['insufficient_quota', 402, 'spending limit'],
    ['500', 500, 'internal server error'],
  ])('fault %s is status %i', async (fault, status, message) => {
    const error: unknown = await client
      .chat({ model: `demo-chat?fault=${fault}`, messages })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CohereError);
    expect(error).toMatchObject({ statusCode: status, body: { message: expect.stringContaining(message) } });
  });

  it('a bad request says what to correct', async () => {
    const body = JSON.stringify({ model: 'demo-embedding', texts: ['x'] });
    const refused = await fetch(`${simulator.url}/v2/embed`, { method: 'POST', body });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { message: "Missing required parameter: 'input_type'." },
    ]);
  });

  it('a stream ends with an error or is cut', async () => {
    const events = await read({ model: 'demo-chat?fault=stream_error&after_tokens=1', messages });
    expect(events.at(-1)).toMatchObject({
      type: 'message-end',
      delta: { finishReason: 'ERROR', error: 'internal server error' },
    });
    await expect(read({ model: 'demo-chat?fault=cut', messages })).rejects.toThrow();
  });
});
