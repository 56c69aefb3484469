import { request as httpRequest } from 'node:http';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const valid = { model: 'demo-chat', messages: [{ role: 'user', content: 'Hi' }] };

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; content: any }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(simulator.url + path, { method: 'POST', body: text, headers });
  return { status: response.status, content: await response.json() };
}

describe('a request that a provider would refuse', () => {
  it.each([
    ['no model', '/v1/chat/completions', { messages: [] }, null, null],
    ['no messages', '/v1/chat/completions', { model: 'm' }, 'messages', 'missing_required_parameter'],
    ['empty messages', '/v1/chat/completions', { ...valid, messages: [] }, 'messages', 'empty_array'],
    ['messages of a wrong type', '/v1/chat/completions', { ...valid, messages: 'hi' }, 'messages', 'invalid_type'],
    [
      'a message without role',
      '/v1/chat/completions',
      { ...valid, messages: [{ content: '' }] },
      'messages[0].role',
      'missing_required_parameter',
    ],
    [
      'an unknown role',
      '/v1/chat/completions',
      { ...valid, messages: [{ role: 'x' }] },
      'messages[0].role',
      'invalid_value',
    ],
    [
      'a message without content',
      '/v1/chat/completions',
      { ...valid, messages: [{ role: 'user' }] },
      'messages[0].content',
      'missing_required_parameter',
    ],
    ['a model of a wrong type', '/v1/chat/completions', { ...valid, model: 1 }, 'model', 'invalid_type'],
    ['n of 0', '/v1/chat/completions', { ...valid, n: 0 }, 'n', 'integer_below_min_value'],
    ['n of 1000', '/v1/chat/completions', { ...valid, n: 1000 }, 'n', 'integer_above_max_value'],
    ['a stream of a wrong type', '/v1/chat/completions', { ...valid, stream: 'yes' }, 'stream', 'invalid_type'],
    ['stream options without stream', '/v1/chat/completions', { ...valid, stream_options: {} }, 'stream_options', null],
    [
      'a tool choice without tools',
      '/v1/chat/completions',
      { ...valid, tool_choice: 'required' },
      'tool_choice',
      'invalid_value',
    ],
    ['a body that is no object', '/v1/chat/completions', [], 'body', 'invalid_type'],
    ['no prompt', '/v1/completions', { model: 'm' }, 'prompt', 'missing_required_parameter'],
    ['no input', '/v1/embeddings', { model: 'm' }, 'input', 'missing_required_parameter'],
    ['an empty input', '/v1/embeddings', { model: 'm', input: '' }, 'input', 'invalid_value'],
    ['an input of a wrong type', '/v1/embeddings', { model: 'm', input: [{}] }, 'input[0]', 'invalid_type'],
    [
      'too many dimensions',
      '/v1/embeddings',
      { model: 'm', input: 'x', dimensions: 5000 },
      'dimensions',
      'integer_above_max_value',
    ],
    [
      'an unknown encoding',
      '/v1/embeddings',
      { model: 'm', input: 'x', encoding_format: 'hex' },
      'encoding_format',
      'invalid_value',
    ],
  ])('gets a 400 of the provider: %s', async (_title, path, body, param, code) => {
    const { status, content } = await post(path, body);
    expect(status).toBe(400);
    expect(content.error).toEqual({ message: expect.any(String), type: 'invalid_request_error', param, code });
  });

  it('gets a 400 for a body that is no JSON', async () => {
    const { status, content } = await post('/v1/chat/completions', '{"model":');
    expect([status, content.error.type]).toEqual([400, 'invalid_request_error']);
    expect(simulator.requests[0]?.body).toBe('{"model":');
  });

  it('gets a 404 for an unknown path and a 405 for a wrong method', async () => {
    expect(await post('/v9/chat', valid)).toMatchObject({ status: 404, content: { error: { code: 'unknown_url' } } });
    expect((await fetch(`${simulator.url}/v1/chat/completions`)).status).toBe(405);
  });

  it('gets a 413 beyond 10 MB, declared or chunked', async () => {
    const large = 'x'.repeat(10 * 1024 * 1024 + 1);
    const status = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const outgoing = httpRequest(
          `${simulator.url}/v1/chat/completions`,
          { method: 'POST', headers },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        outgoing.on('error', reject).end(large);
      });
    expect(await status({ 'content-length': String(large.length) })).toBe(413);
    expect(await status({ 'transfer-encoding': 'chunked' })).toBe(413);
  });

  it('gets a 400 that names its wrong directives, in the header or the model', async () => {
    const { status, content } = await post(
      '/v1/chat/completions',
      { ...valid, model: 'm?fualt=1' },
      { 'x-simulate': 'latency_ms=x' },
    );
    expect([status, content.error.code]).toEqual([400, 'invalid_directive']);
    expect(content.error.message).toContain("'fualt'");
    expect(content.error.message).toContain("'latency_ms'");
  });
});
