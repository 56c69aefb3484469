import OpenAI, { NotFoundError, toFile } from 'openai';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
let client: OpenAI;
beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'sk-test', maxRetries: 0, timeout: 5000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

async function upload(text: string, purpose: 'batch' | 'user_data' = 'batch'): Promise<string> {
  const file = await toFile(Buffer.from(text), 'requests.jsonl');
  return (await client.files.create({ file, purpose })).id;
}

function line(custom_id: string, model: string, url = '/v1/chat/completions'): string {
  const body = { model, messages: [{ role: 'user', content: 'Hi' }] };
  return `${JSON.stringify({ custom_id, method: 'POST', url, body })}\n`;
}

async function readLines(fileId: string): Promise<any[]> {
  const text = await (await client.files.content(fileId)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((each): unknown => JSON.parse(each));
}

describe('files through the official client', () => {
  it('are uploaded, listed by purpose, read and deleted', async () => {
    const [first, second] = [await upload('one\n'), await upload('two', 'user_data')];
    expect(await client.files.retrieve(first)).toMatchObject({
      filename: 'requests.jsonl',
      bytes: 4,
      purpose: 'batch',
    });
    const listed = [];
    for await (const file of client.files.list({ limit: 1 })) listed.push(file.id);
    expect(listed).toEqual([second, first]);
    expect((await client.files.list({ purpose: 'user_data' })).data.map((file) => file.id)).toEqual([second]);
    expect(await (await client.files.content(first)).text()).toBe('one\n');
    expect(await client.files.delete(first)).toEqual({ id: first, object: 'file', deleted: true });
    await expect(client.files.content(first)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('keep bytes that are no text as they are', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45, 128]);
    const { id } = await client.files.create({ file: await toFile(bytes, 'x.bin'), purpose: 'user_data' });
    expect(Buffer.from(await (await client.files.content(id)).arrayBuffer())).toEqual(bytes);
  });

  it('are refused without a purpose', async () => {
    const file = await toFile(Buffer.from('x'), 'x');
    await expect(client.files.create({ file } as never)).rejects.toMatchObject({ status: 400, param: 'purpose' });
  });
});

describe('batches through the official client', () => {
  const create = (input_file_id: string) =>
    client.batches.create({
      input_file_id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { a: 'b' },
    });

  it('are done after the first poll, with one line per request', async () => {
    const created = await create(
      await upload(line('a', 'm?text=one') + line('b', 'm?text=two') + line('c', 'm?fault=429')),
    );
    expect(created).toMatchObject({ status: 'validating', metadata: { a: 'b' } });
    const polled = await client.batches.retrieve(created.id);
    expect(polled).toMatchObject({ status: 'in_progress', request_counts: { total: 3, completed: 0, failed: 0 } });
    const done = await client.batches.retrieve(created.id);
    expect(done).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 } });
    const answers = await readLines(done.output_file_id!);
    expect(answers).toMatchObject([
      { custom_id: 'a', response: { status_code: 200, body: { model: 'm', usage: { prompt_tokens: 1 } } } },
      { custom_id: 'b', response: { status_code: 200 } },
    ]);
    expect(answers[1].response.body.choices[0].message.content).toBe('two');
    const errors = await readLines(done.error_file_id!);
    expect(errors).toMatchObject([
      { custom_id: 'c', response: { status_code: 429, body: { error: { code: 'rate_limit_exceeded' } } } },
    ]);
    expect(await client.batches.retrieve(created.id)).toEqual(done);
  });

  it('can be cancelled until they are done, and listed', async () => {
    const { id } = await create(await upload(line('a', 'm')));
    expect((await client.batches.cancel(id)).status).toBe('cancelling');
    expect((await client.batches.retrieve(id)).status).toBe('cancelled');
    await expect(client.batches.cancel(id)).rejects.toThrow("Cannot cancel a batch with status 'cancelled'.");
    const listed = [];
    for await (const batch of client.batches.list()) listed.push(batch.id);
    expect(listed).toEqual([id]);
  });

  it.each([
    ['no JSON\n', 'invalid_json_line'],
    [line('a', 'm', '/v1/embeddings'), 'mismatched_url'],
    ['\n', 'empty_file'],
  ])('fail when the input file is wrong: %j', async (text, code) => {
    const { id } = await create(await upload(text));
    expect(await client.batches.retrieve(id)).toMatchObject({ status: 'failed', errors: { data: [{ code }] } });
  });

  it('need a file that exists', async () => {
    await expect(create('file-none')).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('No such File'),
    });
  });
});
