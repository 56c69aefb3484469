import Anthropic, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { ManualClock } from '@ao/kernel';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
let client: Anthropic;
const messages = [{ role: 'user' as const, content: 'Why is the sky blue?' }];
const tools = [
  { name: 'weather', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } },
  { name: 'clock', input_schema: { type: 'object' as const } },
];

beforeAll(async () => {
  simulator = await startSimulator({ clock: new ManualClock(0) });
  client = new Anthropic({ baseURL: simulator.url, apiKey: 'test', maxRetries: 0, timeout: 20_000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const ask = (directives = '', more: object = {}) => ({
  model: `demo-chat?${directives}`,
  max_tokens: 1000,
  messages,
  ...more,
});
/** The plain answer and the one that the client puts together from the stream. */
async function both(directives: string, more: object = {}): Promise<Anthropic.Message[]> {
  const plain = await client.messages.create(ask(directives, more));
  simulator.reset();
  return [plain, await client.messages.stream(ask(directives, more)).finalMessage()];
}

interface Event {
  readonly type: string;
  readonly data: any;
}

async function rawEvents(directives: string, more: object = {}): Promise<Event[]> {
  const response = await fetch(`${simulator.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(ask(directives, { stream: true, ...more })),
  });
  const frames = (await response.text()).split('\n\n').filter((frame) => frame !== '');
  return frames.map((frame) => {
    const [event, data] = frame.split('\n');
    return { type: event!.slice('event: '.length), data: data!.slice('data: '.length) };
  });
}

describe('messages through the official client', () => {
  it('answer with the demo text, plain and streamed alike', async () => {
    for (const message of await both('')) {
      expect(message).toMatchObject({
        type: 'message',
        role: 'assistant',
        model: 'demo-chat',
        stop_reason: 'end_turn',
        stop_sequence: null,
        content: [{ type: 'text', text: expect.stringContaining('Why is the sky blue?') }],
      });
    }
  });

  it('report exactly the set figures, cached and written input beside the rest', async () => {
    const figures =
      'input_tokens=1000&cached_tokens=400&cache_write_tokens=50&cache_write_1h_tokens=30&output_tokens=12&reasoning_tokens=2';
    for (const { usage } of await both(figures)) {
      expect(usage).toMatchObject({
        input_tokens: 520,
        cache_read_input_tokens: 400,
        cache_creation_input_tokens: 80,
        cache_creation: { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 30 },
        output_tokens: 12,
      });
    }
  });

  it('call several tools after a text, with ids of their own', async () => {
    for (const message of await both('tool_calls=3&text=Let me look.', { tools })) {
      expect(message.stop_reason).toBe('tool_use');
      expect(message.content).toMatchObject([
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', name: 'weather', input: { city: 'demo' } },
        { type: 'tool_use', name: 'clock', input: {} },
        { type: 'tool_use', name: 'weather', input: { city: 'demo' } },
      ]);
      const ids = message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
      expect(new Set(ids).size).toBe(3);
      expect(ids.every((id) => id.startsWith('toolu_'))).toBe(true);
    }
  });

  it('obey tool_choice', async () => {
    const call = async (tool_choice: Anthropic.ToolChoice) =>
      ((await client.messages.create(ask('', { tools, tool_choice }))) as Anthropic.Message).content[0];
    expect(await call({ type: 'any' })).toMatchObject({ name: 'weather' });
    expect(await call({ type: 'tool', name: 'clock' })).toMatchObject({ name: 'clock' });
    expect(await call({ type: 'none' })).toMatchObject({ type: 'text' });
  });

  it('think before they speak, with a signature, and say what thinking cost', async () => {
    const [plain, streamed] = await both('reasoning=First, the light.&text=Rayleigh.');
    expect(plain!.content).toMatchObject([
      { type: 'thinking', thinking: 'First, the light.', signature: expect.stringMatching(/.{20}/) },
      { type: 'text', text: 'Rayleigh.' },
    ]);
    expect(streamed!.content).toEqual(plain!.content);
    expect(plain!.usage.output_tokens).toBe(5 + 3);
  });

  it('send thinking encrypted when asked', async () => {
    for (const message of await both('reasoning=secret&redacted_reasoning=1&text=ok')) {
      expect(message.content).toEqual([
        { type: 'redacted_thinking', data: Buffer.from('secret').toString('base64') },
        { type: 'text', text: 'ok' },
      ]);
    }
  });

  it.each([
    ['text=one two', { stop_sequences: ['two'] }, 'stop_sequence', 'two'],
    ['stop_sequence=END', {}, 'stop_sequence', 'END'],
    ['', { max_tokens: 2 }, 'max_tokens', null],
    ['finish_reason=content_filter', {}, 'refusal', null],
  ])('tell why they ended: %s %j', async (directives, more, stop_reason, stop_sequence) => {
    for (const message of await both(directives, more)) expect(message).toMatchObject({ stop_reason, stop_sequence });
  });

  it('give JSON of the schema that was asked for', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } } };
    const [plain] = await both('', { output_config: { format: { type: 'json_schema', schema } } });
    expect(plain!.content).toMatchObject([{ text: '{"city":"demo"}' }]);
  });

  it('go on after the result of a tool without calling it again', async () => {
    const call = { type: 'tool_use', id: 'toolu_1', name: 'clock', input: {} };
    const conversation = [
      ...messages,
      { role: 'assistant', content: [call] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'noon' }] },
    ];
    const [plain] = await both('tool=1', { tools, messages: conversation });
    expect(plain!.stop_reason).toBe('end_turn');
  });
});

/** The names in turn, those that repeat with their number. */
function shorten(names: readonly string[]): string {
  const runs: { name: string; count: number }[] = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last?.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => name.replace('content_', '') + (count > 1 ? `*${count}` : '')).join(' ');
}

describe('the bytes of a stream of Anthropic', () => {
  it('are events in the order of the protocol, with the arguments in pieces', async () => {
    const events = await rawEvents('reasoning=why&text=hello&tool=1', { tools });
    expect(shorten(events.map(({ type }) => type))).toBe(
      'message_start block_start ping block_delta*2 block_stop block_start block_delta*2 block_stop ' +
        'block_start block_delta*4 block_stop message_delta message_stop',
    );
    const parsed = events.map(({ data }) => JSON.parse(data));
    expect(parsed.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    expect(shorten(parsed.flatMap(({ delta }) => delta?.type ?? []))).toBe(
      'thinking_delta signature_delta text_delta*2 input_json_delta*4',
    );
    expect(parsed.map(({ delta }) => delta?.partial_json ?? '').join('')).toBe('{"city":"demo"}');
    expect(parsed[0].message).toMatchObject({ content: [], stop_reason: null, usage: { output_tokens: 1 } });
    expect(parsed.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } });
  });

  it('end without message_stop or without usage when told so', async () => {
    const types = (await rawEvents('end_marker=0')).map(({ type }) => type);
    expect(types.at(-1)).toBe('message_delta');
    const text = (await rawEvents('usage=0')).map(({ data }) => data).join();
    expect(text).not.toContain('usage');
  });

  it('carry a malformed frame, or an error of the set kind at the end', async () => {
    const broken = await rawEvents('fault=malformed&after_tokens=1&text=hello');
    expect(broken.map(({ data }) => isJson(data)).filter((valid) => !valid)).toHaveLength(1);
    expect(broken.at(-1)!.type).toBe('message_stop');
    const failed = (await rawEvents('fault=stream_error&stream_error_as=529')).at(-1)!;
    expect(failed.type).toBe('error');
    expect(JSON.parse(failed.data)).toMatchObject({
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
    });
  });

  it('can be cut, and split through characters', async () => {
    await expect(rawEvents('fault=cut')).rejects.toThrow('terminated');
    const [plain, streamed] = await both(`split_bytes=1&text=${encodeURIComponent('Grüße 👋🏽')}`);
    expect(streamed!.content).toEqual(plain!.content);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the other operations of Anthropic', () => {
  it('count the tokens that a message would report', async () => {
    const counted = await client.messages.countTokens({ model: 'demo-chat', messages, system: 'Be brief.' });
    const message = (await client.messages.create(ask('', { system: 'Be brief.' }))) as Anthropic.Message;
    expect(counted.input_tokens).toBe(message.usage.input_tokens);
  });

  it('list models in its own form, while the same path without a version stays that of OpenAI', async () => {
    const page = await client.models.list();
    expect(page.data).toMatchObject([{ type: 'model', id: 'demo-chat', created_at: '2026-01-01T00:00:00Z' }]);
    expect(await client.models.retrieve('any')).toMatchObject({ type: 'model', id: 'any' });
    const response = await fetch(`${simulator.url}/v1/models`);
    expect(await response.json()).toMatchObject({ object: 'list' });
  });

  it('carry the id of the request and the rate limits in headers, which a test may set', async () => {
    const { response } = await client.messages
      .create(ask('header.anthropic-ratelimit-requests-remaining=0'))
      .withResponse();
    expect(response.headers.get('request-id')).toMatch(/^req_/);
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0');
    expect(response.headers.get('anthropic-ratelimit-output-tokens-limit')).toBe('800000');
    expect(response.headers.get('anthropic-ratelimit-requests-reset')).toBe('1970-01-01T00:01:00.000Z');
  });
});

describe('errors of Anthropic', () => {
  it.each([
    ['400', 400, BadRequestError, 'invalid_request_error'],
    ['401', 401, AuthenticationError, 'authentication_error'],
    ['403', 403, Anthropic.PermissionDeniedError, 'permission_error'],
    ['404', 404, Anthropic.NotFoundError, 'not_found_error'],
    ['413', 413, Anthropic.APIError, 'request_too_large'],
    ['429', 429, RateLimitError, 'rate_limit_error'],
    ['insufficient_quota', 402, Anthropic.APIError, 'billing_error'],
    ['context_length_exceeded', 400, BadRequestError, 'invalid_request_error'],
    ['500', 500, InternalServerError, 'api_error'],
    ['504', 504, InternalServerError, 'timeout_error'],
    ['529', 529, InternalServerError, 'overloaded_error'],
  ])('map fault %s to status %i, its class and its type', async (fault, status, errorClass, type) => {
    const error: any = await client.messages.create(ask(`fault=${fault}`)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ status, error: { type: 'error', error: { type } } });
    expect(error.error.request_id).toBe(error.requestID);
  });

  it('come to the client in the middle of a stream', async () => {
    const stream = client.messages.stream(ask('fault=stream_error&stream_error_as=529'));
    await expect(stream.finalMessage()).rejects.toMatchObject({ error: { error: { type: 'overloaded_error' } } });
  });

  it.each([
    ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['max_tokens of 0', { max_tokens: 0 }, 'max_tokens:'],
    ['no messages', { messages: [] }, 'messages:'],
    ['a system message', { messages: [{ role: 'system', content: 'x' }] }, "Input should be 'user' or 'assistant'"],
    ['an unknown role', { messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role:'],
    ['an assistant first', { messages: [{ role: 'assistant', content: 'x' }] }, '"user" role'],
    ['an empty text', { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }, 'non-empty'],
    ['a field of another provider', { max_completion_tokens: 5 }, 'max_completion_tokens: Extra inputs'],
    ['a temperature of 2', { temperature: 2 }, 'temperature:'],
    ['a tool without schema', { tools: [{ name: 'x' }] }, 'tools.0.input_schema:'],
    ['a choice without tools', { tool_choice: { type: 'any' } }, 'tool_choice'],
    ['a choice of no tool', { tools, tool_choice: { type: 'tool', name: 'x' } }, "'x' not found"],
    ['a small thinking budget', { thinking: { type: 'enabled', budget_tokens: 5 } }, '1024'],
    ['thinking beyond the maximum', { thinking: { type: 'enabled', budget_tokens: 2000 } }, '`max_tokens`'],
    [
      'a call without its result',
      {
        messages: [
          ...messages,
          { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'x', input: {} }] },
          { role: 'user', content: 'and?' },
        ],
      },
      'toolu_1',
    ],
    [
      'a result without its call',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_2', content: 'x' }] }] },
      'toolu_2',
    ],
  ])('refuse what the provider would refuse: %s', async (_title, more, message) => {
    const error: any = await client.messages.create(ask('', more)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error.error.error).toEqual({ type: 'invalid_request_error', message: expect.stringContaining(message) });
  });

  it('demand a version and a key, as x-api-key or as a bearer', async () => {
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${simulator.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(ask()) })).status;
    const version = { 'anthropic-version': '2023-06-01' };
    expect(await status({ 'x-api-key': 'k' })).toBe(400);
    expect(await status(version)).toBe(401);
    expect(await status({ ...version, authorization: 'Bearer k' })).toBe(200);
    expect(await status({ ...version, 'x-api-key': 'k' })).toBe(200);
  });
});
