import { createServer, request as rawRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KEYS, SERVER_KEY, startNativeGateway } from './native-gateway.suite.js';

interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: 'Hello.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
};
/** Odd on purpose: bytes that no parser would write again. */
const ASKED = '{ "model":"claude-sonnet-4-5",  "max_tokens":64,"messages":[{"role":"user","content":"Hi \\u00fc"}] }';
const CLAUDE = { model: 'claude-sonnet-4-5', inputPico: '3000000', outputPico: '15000000' };

type Call = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

describe('native routes', () => {
  let gateway: Awaited<ReturnType<typeof startNativeGateway>>;
  let upstream: Server;
  let base: string;
  let seen: Seen[] = [];
  let answer: { status: number; body: string | Buffer; type: string };

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => void chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    gateway = await startNativeGateway();
  });
  afterAll(async () => {
    await gateway.stop();
    await new Promise((resolve) => upstream.close(resolve));
  });
  beforeEach(async () => {
    seen = [];
    answer = { status: 200, body: JSON.stringify(MESSAGE), type: 'application/json' };
    await gateway.serve([{ kind: 'anthropic', baseUrl: base }], [CLAUDE]);
  });

  const call = (path: string, change: Call = {}, key: string | null = KEYS.alice): Promise<Response> =>
    fetch(gateway.url + path, {
      method: 'POST',
      body: ASKED,
      ...change,
      headers: {
        'content-type': 'application/json',
        ...(key && { authorization: `Bearer ${key}` }),
        ...change.headers,
      },
    });

  it('[GW-011] POST /anthropic/v1/messages reaches the provider with our key and an unchanged body', async () => {
    const response = await call('/anthropic/v1/messages?beta=true', { headers: { 'anthropic-beta': 'b-1' } });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(JSON.stringify(MESSAGE));
    expect(seen).toEqual([expect.objectContaining({ method: 'POST', url: '/v1/messages?beta=true', body: ASKED })]);
    const { headers } = seen[0]!;
    expect(headers).toMatchObject({ 'x-api-key': SERVER_KEY, 'anthropic-beta': 'b-1' });
    expect(headers['authorization']).toBeUndefined();
    expect(JSON.stringify(seen)).not.toContain(KEYS.alice);
  });

  it('[GW-011] meters a conversation as any other call', async () => {
    expect(await gateway.report(await call('/anthropic/v1/messages'))).toMatchObject({
      endpoint: '/v1/messages',
      model: 'claude-sonnet-4-5',
      provider: 'anthropic',
      deploymentId: null,
      usageSource: 'provider',
      usage: expect.objectContaining({ inputTokens: 10, outputTokens: 5 }),
      cost: 105_000n,
    });
  });

  it('[GW-011] passes a stream on byte by byte, and bills its usage', async () => {
    const events = [
      { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello.' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } },
      { type: 'message_stop' },
    ];
    const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
    answer = { status: 200, body, type: 'text/event-stream' };
    const response = await call('/anthropic/v1/messages', { body: ASKED.replace('{', '{"stream":true,') });
    expect(await response.text()).toBe(body);
    expect(await gateway.report(response)).toMatchObject({ cost: 135_000n, stream: true });
  });

  it('[GW-011] hands on what the provider refuses as it is, free of charge', async () => {
    answer = { status: 529, body: '{"type":"error","odd":  1}', type: 'application/json' };
    const response = await call('/anthropic/v1/messages');
    expect([response.status, await response.text()]).toEqual([529, '{"type":"error","odd":  1}']);
    expect(await gateway.report(response)).toMatchObject({ cost: 0n, status: 529 });
  });

  it.each([
    ['without a key', null, 401],
    ['with the role viewer', KEYS.viewer, 403],
  ])('[GW-011] refuses a caller %s, in the shape of the protocol', async (_who, key, status) => {
    const response = await call('/anthropic/v1/messages', {}, key);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: 'error', error: { message: expect.any(String) } });
    expect(seen).toEqual([]);
  });

  it.each([
    '/anthropic/v1/../../admin',
    '/anthropic/%2e%2e/admin',
    '/anthropic/v1//messages',
    '/anthropic/v1%2fmessages',
  ])('[GW-011] does not forward the path %s', async (path) => {
    // fetch would tidy it up.
    const status = await new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${KEYS.alice}` };
      rawRequest(gateway.url, { method: 'GET', path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect([400, 403, 404]).toContain(status);
    expect(seen).toEqual([]);
  });

  it('[GW-011] shows the provider of an organisation to nobody else', async () => {
    await gateway.serve([{ kind: 'anthropic', baseUrl: base, orgId: 'org_1' }], [CLAUDE]);
    const refused = await call('/anthropic/v1/messages', { headers: { 'x-ao-provider': 'anthropic' } }, KEYS.stranger);
    expect(refused.status).toBe(503);
    expect(seen).toEqual([]);
    expect((await call('/anthropic/v1/messages')).status).toBe(200);
  });

  it('[GW-011] takes the provider that the caller names, of those that it may see', async () => {
    const providers = ['first', 'second'].map((name) => ({ kind: 'anthropic', baseUrl: base, name }));
    await gateway.serve([...providers, { kind: 'anthropic', baseUrl: base, name: 'theirs', orgId: 'org_2' }], [CLAUDE]);
    const asked = async (name: string) => {
      const response = await call('/anthropic/v1/messages', { headers: { 'x-ao-provider': name } });
      return [response.status, response.headers.get('x-ao-provider')];
    };
    expect(await asked('second')).toEqual([200, 'second']);
    expect(await asked('theirs')).toEqual([404, null]);
  });

  it('[GW-011] counts tokens for nothing, and lists models', async () => {
    const counted = await call('/anthropic/v1/messages/count_tokens');
    expect(counted.status).toBe(200);
    expect((await call('/anthropic/v1/models', { method: 'GET', body: null })).status).toBe(200);
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/messages/count_tokens',
      'GET /v1/models',
    ]);
    expect((await gateway.report(counted)).cost).toBe(0n);
  });

  it('[BX-012] asks for a flat price where it cannot meter, names the setting, and charges it', async () => {
    const refused = await call('/anthropic/v1/files');
    expect(refused.status).toBe(402);
    const { error } = (await refused.json()) as { error: { message: string } };
    expect(error.message).toContain('native:anthropic/v1/files');
    expect(error.message).toContain('per_call_usd');
    expect(seen).toEqual([]);

    const flat = { model: 'native:anthropic/v1/files', perCallPico: '2000000000' };
    await gateway.serve([{ kind: 'anthropic', baseUrl: base }], [flat]);
    const body = 'any bytes';
    const sent = await call('/anthropic/v1/files', { body, headers: { 'content-type': 'application/octet-stream' } });
    expect([sent.status, await sent.text()]).toEqual([200, JSON.stringify(MESSAGE)]);
    expect(seen).toEqual([expect.objectContaining({ url: '/v1/files', body })]);
    expect(await gateway.report(sent)).toMatchObject({ endpoint: 'native', cost: 2_000_000n });
  });

  it('[GW-011] shows nobody what organisations store in an account that they share', async () => {
    const read = (): Promise<Response> => call('/anthropic/v1/files', { method: 'GET', body: null });
    expect((await read()).status).toBe(403);
    expect(seen).toEqual([]);
    await gateway.serve([{ kind: 'anthropic', baseUrl: base, orgId: 'org_1' }], []);
    expect((await read()).status).toBe(200);
  });

  it('[GW-011] forwards an answer without a body', async () => {
    await gateway.serve([{ kind: 'anthropic', baseUrl: base, orgId: 'org_1' }], []);
    answer = { status: 204, body: '', type: 'text/plain' };
    const response = await call('/anthropic/v1/files/file_1', { method: 'DELETE', body: null });
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('[GW-011] meters Gemini by the model in the path, and refuses what would hide the usage', async () => {
    await gateway.serve([{ kind: 'gemini', baseUrl: base }], [{ ...CLAUDE, model: 'gemini-2.5-flash' }]);
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };
    const candidates = [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }];
    answer = { status: 200, body: JSON.stringify({ candidates, usageMetadata }), type: 'application/json' };
    const path = '/gemini/v1beta/models/gemini-2.5-flash:generateContent';
    const body = '{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}';
    expect((await call(`${path}?fields=candidates`, { body })).status).toBe(400);
    expect((await call(path, { body, headers: { 'x-goog-fieldmask': 'candidates' } })).status).toBe(400);
    expect(seen).toEqual([]);
    const response = await call(path, { body });
    expect(response.status).toBe(200);
    expect(seen[0]!.headers['x-goog-api-key']).toBe(SERVER_KEY);
    expect(await gateway.report(response)).toMatchObject({ model: 'gemini-2.5-flash', cost: 105_000n });
  });

  it('[GW-011] meters Converse by the model in the path', async () => {
    await gateway.serve([{ kind: 'bedrock', baseUrl: base }], [{ ...CLAUDE, model: 'anthropic.claude-v1:0' }]);
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
    const output = { message: { role: 'assistant', content: [{ text: 'Hi' }] } };
    answer = { status: 200, body: JSON.stringify({ output, stopReason: 'end_turn', usage }), type: 'application/json' };
    const body = '{"messages":[{"role":"user","content":[{"text":"Hi"}]}], "inferenceConfig":{"maxTokens":9}}';
    const response = await call('/bedrock/model/anthropic.claude-v1%3A0/converse', { body });
    expect([response.status, await response.text()]).toEqual([200, answer.body]);
    expect(seen).toEqual([expect.objectContaining({ url: '/model/anthropic.claude-v1%3A0/converse', body })]);
    expect(await gateway.report(response)).toMatchObject({ model: 'anthropic.claude-v1:0', cost: 105_000n });
    expect((await call('/bedrock/model/anthropic.claude-v1%3A0/invoke', { body })).status).toBe(402);
  });

  it('[GW-011] meters Azure by the deployment in the path, though the body names none', async () => {
    await gateway.serve([{ kind: 'azure', baseUrl: base }], [{ ...CLAUDE, model: 'my-gpt' }]);
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }];
    answer = { status: 200, body: JSON.stringify({ choices, usage }), type: 'application/json' };
    const body = '{ "messages":[{"role":"user","content":"Hi"}]}';
    const response = await call('/azure/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21', { body });
    expect(response.status).toBe(200);
    expect(seen).toEqual([
      expect.objectContaining({ url: '/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21', body }),
    ]);
    expect(await gateway.report(response)).toMatchObject({ model: 'my-gpt', cost: 105_000n });
  });

  it('[GW-011] 404s what is no native route', async () => {
    expect((await call('/nobody/v1/messages')).status).toBe(404);
  });
});
