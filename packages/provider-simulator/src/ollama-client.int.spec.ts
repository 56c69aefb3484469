import { Ollama } from 'ollama';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
let client: Ollama;
beforeAll(async () => {
  simulator = await startSimulator();
  client = new Ollama({ host: simulator.url });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const messages = [{ role: 'user', content: 'Why is the sky blue?' }];
const tools = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

async function read<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

describe('chat through the official client', () => {
  it('answers with counts and durations', async () => {
    const model = 'demo-chat?text=Hello&input_tokens=100&output_tokens=7';
    const answer = await client.chat({ model, messages, stream: false });
    expect(answer).toMatchObject({
      model: 'demo-chat',
      message: { role: 'assistant', content: 'Hello' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 100,
      eval_count: 7,
    });
    expect(answer.total_duration).toBe(answer.load_duration + answer.prompt_eval_duration + answer.eval_duration);
  });

  it('streams lines of JSON unless told otherwise', async () => {
    const raw = await fetch(`${simulator.url}/api/chat`, {
      method: 'POST',
      body: JSON.stringify({ model: 'demo-chat?text=abcdefgh', messages }),
    });
    expect(raw.headers.get('content-type')).toBe('application/x-ndjson');
    expect((await raw.text()).trimEnd().split('\n')).toHaveLength(3);
    const pieces = await read(await client.chat({ model: 'demo-chat?text=abcdefgh', messages, stream: true }));
    expect(pieces.map((piece) => [piece.message.content, piece.done])).toEqual([
      ['abcd', false],
      ['efgh', false],
      ['', true],
    ]);
    expect(pieces.at(-1)).toMatchObject({ done_reason: 'stop', prompt_eval_count: 5, eval_count: 2 });
  });

  it('calls a tool with its arguments as an object', async () => {
    const asked = { model: 'demo-chat?tool=1', messages, tools };
    const called = [{ function: { name: 'weather', arguments: { city: 'demo' } } }];
    expect((await client.chat(asked)).message.tool_calls).toMatchObject(called);
    const pieces = await read(await client.chat({ ...asked, stream: true }));
    expect(pieces[0]?.message.tool_calls).toMatchObject(called);
    const answered = await client.chat({ ...asked, messages: [...messages, { role: 'tool', content: 'sunny' }] });
    expect(answered.message.tool_calls).toBeUndefined();
  });

  it('thinks before it speaks, and calls several tools', async () => {
    const asked = { model: 'demo-chat?reasoning=abcdefgh&text=Hello', messages };
    expect((await client.chat(asked)).message).toMatchObject({ thinking: 'abcdefgh', content: 'Hello' });
    const pieces = await read(await client.chat({ ...asked, stream: true }));
    expect(pieces.map(({ message }) => [message.thinking, message.content])).toEqual([
      ['abcd', ''],
      ['efgh', ''],
      [undefined, 'Hell'],
      [undefined, 'o'],
      [undefined, ''],
    ]);
    const called = await client.chat({ model: 'demo-chat?tool_calls=2', messages, tools });
    expect(called.message.tool_calls).toHaveLength(2);
  });

  it('obeys a limit and a format, and only loads the model for no message', async () => {
    const short = await client.chat({ model: 'm', messages, options: { num_predict: 2 } });
    expect(short).toMatchObject({ done_reason: 'length', eval_count: 2 });
    const format = { type: 'object', properties: { city: { type: 'string' } } };
    expect((await client.chat({ model: 'm', messages, format })).message.content).toBe('{"city":"demo"}');
    expect(await client.chat({ model: 'm', messages: [] })).toMatchObject({ done: true, done_reason: 'load' });
  });
});

describe('the other operations through the official client', () => {
  it('generate text, whole and streamed', async () => {
    const asked = { model: 'demo-chat?text=abcdefgh', prompt: 'Once' };
    expect(await client.generate(asked)).toMatchObject({ response: 'abcdefgh', done: true, eval_count: 2 });
    const pieces = await read(await client.generate({ ...asked, stream: true }));
    expect(pieces.map((piece) => piece.response)).toEqual(['abcd', 'efgh', '']);
  });

  it('embed texts', async () => {
    const { embeddings, prompt_eval_count } = await client.embed({
      model: 'm',
      input: ['one text', 'another'],
      dimensions: 64,
    });
    expect([embeddings.map((vector) => vector.length), prompt_eval_count]).toEqual([[64, 64], 4]);
  });

  it('tell of models, and pull one', async () => {
    expect((await client.list()).models.map((model) => model.name)).toEqual([
      'demo-chat:latest',
      'demo-embedding:latest',
    ]);
    expect((await client.ps()).models[0]).toMatchObject({ name: 'demo-chat:latest', size_vram: 4_000_000_000 });
    expect((await client.show({ model: 'any' })).capabilities).toContain('tools');
    expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+$/);
    const progress = await read(await client.pull({ model: 'any', stream: true }));
    expect([progress[0]?.status, progress[4]?.completed, progress.at(-1)?.status]).toEqual([
      'pulling manifest',
      4_000_000_000,
      'success',
    ]);
    expect((await client.pull({ model: 'any' })).status).toBe('success');
  });
});

describe('errors as the official client sees them', () => {
  it.each([
    ['404', 404, "model 'demo-chat' not found"],
    ['503', 503, 'server busy'],
    ['500', 500, 'model runner'],
  ])('fault %s is status %i', async (fault, status, message) => {
    const refused = client.chat({ model: `demo-chat?fault=${fault}`, messages });
    await expect(refused).rejects.toMatchObject({ status_code: status, error: expect.stringContaining(message) });
  });

  it('a request without a model is refused', async () => {
    await expect(client.chat({ model: '', messages })).rejects.toMatchObject({
      status_code: 400,
      error: 'model is required',
    });
  });

  it('a stream ends with an error or is cut', async () => {
    const failing = await client.chat({ model: 'demo-chat?fault=stream_error', messages, stream: true });
    await expect(read(failing)).rejects.toThrow('model runner has unexpectedly stopped');
    const cut = await client.chat({ model: 'demo-chat?fault=cut', messages, stream: true });
    await expect(read(cut)).rejects.toThrow();
  });
});
