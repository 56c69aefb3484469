import OpenAI, {
  APIConnectionError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
let client: OpenAI;
const messages = [{ role: 'user' as const, content: 'Why is the sky blue?' }];

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'sk-test', maxRetries: 0, timeout: 5000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const tools = [
  {
    type: 'function' as const,
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

describe('chat completions through the official client', () => {
  it('answer with a friendly demo text about the question', async () => {
    const completion = await client.chat.completions.create({ model: 'demo-chat', messages });
    expect(completion).toMatchObject({ object: 'chat.completion', model: 'demo-chat' });
    expect(completion.choices[0]?.message.content).toContain('demo answer');
    expect(completion.choices[0]?.message.content).toContain('Why is the sky blue?');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.usage).toMatchObject({ prompt_tokens: 5, total_tokens: 5 + completion.usage!.completion_tokens });
  });

  it('report exactly the set figures', async () => {
    const model = 'any-model?output_tokens=12&input_tokens=1000&cached_tokens=400&reasoning_tokens=2';
    const { usage, model: answered } = await client.chat.completions.create({ model, messages });
    expect(answered).toBe('any-model');
    expect(usage).toMatchObject({
      prompt_tokens: 1000,
      completion_tokens: 12,
      total_tokens: 1012,
      prompt_tokens_details: { cached_tokens: 400 },
      completion_tokens_details: { reasoning_tokens: 2 },
    });
  });

  it('stream the same text as the plain answer, with usage when asked for', async () => {
    const plain = await client.chat.completions.create({ model: 'demo-chat', messages });
    const stream = await client.chat.completions.create({
      model: 'demo-chat',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage;
    const reasons = [];
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
      usage = chunk.usage;
    }
    expect(text).toBe(plain.choices[0]?.message.content);
    expect(usage).toEqual(plain.usage);
    expect(reasons).toEqual(['stop']);
  });

  it('stream no usage when it is not asked for or withheld', async () => {
    for (const [model, include_usage] of [
      ['demo-chat', false],
      ['demo-chat?usage=0', true],
    ] as const) {
      const stream = await client.chat.completions.create({
        model,
        messages,
        stream: true,
        stream_options: { include_usage },
      });
      for await (const chunk of stream) expect(chunk.usage ?? null).toBeNull();
    }
    const plain = await client.chat.completions.create({ model: 'demo-chat?usage=0', messages });
    expect(plain.usage).toBeUndefined();
  });

  it('call a tool, plain and streamed alike', async () => {
    const body = { model: 'demo-chat?tool=1', messages, tools };
    const plain = await client.chat.completions.create(body);
    expect(plain.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ function: { name: 'weather', arguments: '{"city":"demo"}' } }] },
    });
    const runner = client.chat.completions.stream({ ...body, tool_choice: 'required' });
    const final = await runner.finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      type: 'function',
      function: { name: 'weather', arguments: '{"city":"demo"}' },
    });
  });

  it('reason, speak and call several tools, plain and streamed alike', async () => {
    const model = 'demo-chat?reasoning=First, the light.&text=Look.&tool_calls=2';
    const plain = await client.chat.completions.create({ model, messages, tools });
    expect(plain.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: 'Look.', reasoning_content: 'First, the light.' },
    });
    expect(plain.usage!.completion_tokens_details!.reasoning_tokens).toBe(5);
    simulator.reset();
    const deltas = [];
    for await (const { choices } of await client.chat.completions.create({ model, messages, tools, stream: true })) {
      deltas.push(choices[0]!.delta as { content?: string; reasoning_content?: string; tool_calls?: object[] });
    }
    expect(deltas.map(({ reasoning_content }) => reasoning_content ?? '').join('')).toBe('First, the light.');
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe('Look.');
    simulator.reset();
    const final = await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion();
    const { tool_calls } = plain.choices[0]!.message;
    expect(tool_calls).toHaveLength(2);
    expect(final.choices[0]!.message.tool_calls).toMatchObject(tool_calls!);
  });

  it('end before the stop sequence of the request', async () => {
    const body = { model: 'demo-chat?text=one two three', messages, stop: 'two' };
    const { choices } = await client.chat.completions.create(body);
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'one ' } });
  });

  it('give every choice that is asked for', async () => {
    const plain = await client.chat.completions.create({ model: 'demo-chat', messages, n: 3 });
    expect(plain.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    const stream = await client.chat.completions.create({
      model: 'demo-chat?text=abcdefgh',
      messages,
      n: 2,
      stream: true,
    });
    const texts = ['', ''];
    for await (const { choices } of stream)
      for (const choice of choices) texts[choice.index] += choice.delta.content ?? '';
    expect(texts).toEqual(['abcdefgh', 'abcdefgh']);
  });

  it('repeat themselves for a seed', async () => {
    const ask = () => client.chat.completions.create({ model: 'demo-chat', messages });
    const first = [await ask(), await ask()].map((completion) => completion.id);
    simulator.reset();
    const second = [await ask(), await ask()].map((completion) => completion.id);
    expect(second).toEqual(first);
    expect(first[0]).not.toBe(first[1]);
  });
});

describe('the other operations through the official client', () => {
  it('embed the same way in base64, its default, and in floats', async () => {
    const create = (encoding_format?: 'float' | 'base64') =>
      client.embeddings.create({
        model: 'demo-embedding',
        input: ['one text', 'another'],
        ...(encoding_format && { encoding_format }),
      });
    const [byDefault, floats] = [await create(), await create('float')];
    expect(byDefault.data.map((item) => item.index)).toEqual([0, 1]);
    expect(byDefault.data[0]?.embedding).toHaveLength(1536);
    expect(byDefault.data.map((item) => item.embedding)).toEqual(floats.data.map((item) => item.embedding));
    expect(floats.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
    expect(simulator.requests.map((request) => (request.body as { encoding_format?: string }).encoding_format)).toEqual(
      ['base64', 'float'],
    );
  });

  it('embed in the asked number of dimensions, tokens as well as text', async () => {
    const { data } = await client.embeddings.create({ model: 'demo-embedding', input: [[1, 2], [3]], dimensions: 8 });
    expect(data.map((item) => item.embedding.length)).toEqual([8, 8]);
  });

  it('complete a prompt, plain and streamed', async () => {
    const plain = await client.completions.create({ model: 'demo-chat?text=abcdefgh', prompt: 'Once' });
    expect(plain).toMatchObject({ object: 'text_completion', choices: [{ text: 'abcdefgh', finish_reason: 'stop' }] });
    let text = '';
    const stream = await client.completions.create({ model: 'demo-chat?text=abcdefgh', prompt: 'Once', stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? '';
    expect(text).toBe('abcdefgh');
  });

  it('list the demo models and know any other', async () => {
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    expect(names).toEqual(['demo-chat', 'demo-embedding']);
    expect((await client.models.retrieve('org/any model')).id).toBe('org/any model');
  });
});

describe('errors as the official client sees them', () => {
  const ask = (fault: string) => client.chat.completions.create({ model: `demo-chat?fault=${fault}`, messages });

  it.each([
    ['401', AuthenticationError, 'invalid_api_key'],
    ['404', NotFoundError, 'model_not_found'],
    ['429', RateLimitError, 'rate_limit_exceeded'],
    ['insufficient_quota', RateLimitError, 'insufficient_quota'],
    ['context_length_exceeded', BadRequestError, 'context_length_exceeded'],
    ['content_policy', BadRequestError, 'content_policy_violation'],
    ['500', InternalServerError, null],
    ['503', InternalServerError, null],
  ])('map fault %s to its class and code', async (fault, errorClass, code) => {
    const error: unknown = await ask(fault).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ code });
  });

  it('make a reset a connection error and an in-stream error an API error', async () => {
    await expect(ask('reset')).rejects.toBeInstanceOf(APIConnectionError);
    const stream = await client.chat.completions.create({
      model: 'demo-chat?fault=stream_error',
      messages,
      stream: true,
    });
    const read = async (): Promise<void> => {
      for await (const chunk of stream) expect(chunk.id).toMatch(/^chatcmpl-/);
    };
    await expect(read()).rejects.toThrow('The server had an error');
  });

  it('let the client retry a scripted failure into success', async () => {
    simulator.script('fault=500', 'fault=429&header.retry-after-ms=1');
    const completion = await client.chat.completions.create({ model: 'demo-chat', messages }, { maxRetries: 2 });
    expect(completion.choices).toHaveLength(1);
    expect(simulator.requests.map((request) => request.status)).toEqual([500, 429, 200]);
  });
});
