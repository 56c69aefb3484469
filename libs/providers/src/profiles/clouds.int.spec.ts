import { systemClock } from '@ao/kernel';
import type { Connector, UpstreamRequest } from '../connector.js';
import type { ProviderTarget } from '../provider-target.js';
import { connectorFor } from '../registry.js';
import { startFixtureServer, type Answer, type FixtureServer } from '../testing/fixture-server.js';
import { ProviderPools } from '../transport/provider-pools.js';

let server: FixtureServer;
let pools: ProviderPools;
beforeEach(async () => {
  pools = new ProviderPools(systemClock);
  server = await startFixtureServer((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
});
afterEach(async () => {
  await pools.close(100);
  await server.stop();
});

function connect(kind: string, path = '', change: Partial<ProviderTarget> = {}): Connector {
  const target: ProviderTarget = {
    id: 'prv_1',
    name: 'cloud',
    kind,
    baseUrl: server.url + path,
    apiKey: 'key-1',
    organisation: null,
    timeouts: { connectMs: 1_000, firstByteMs: 2_000, idleMs: 2_000, totalMs: 5_000 },
    connectionsMax: 4,
    ...change,
  };
  return connectorFor(kind)({ target, pool: pools.poolFor(target), clock: systemClock });
}

/** The path at which a request arrives. */
async function pathOf(connector: Connector, change: Partial<UpstreamRequest>): Promise<string> {
  const request = {
    endpoint: 'chat/completions',
    model: 'gpt 4o/eu',
    body: Buffer.from('{}'),
    stream: false,
    requestId: 'r',
  };
  const { body } = await connector.send({ ...request, ...change });
  await body.collect();
  return server.requests.at(-1)!.path;
}

async function nativePathOf(connector: Connector, path: string, query = ''): Promise<string> {
  const request = { method: 'POST', path, query, body: null, contentType: null, requestId: 'r' };
  await (await connector.forward(request)).body.collect();
  return server.requests.at(-1)!.path;
}

describe('Azure', () => {
  it.each([
    ['', { endpoint: 'chat/completions' }, '/openai/deployments/gpt%204o%2Feu/chat/completions?api-version=2024-10-21'],
    [
      '/?api-version=2025-01-01-preview',
      { endpoint: 'embeddings' },
      '/openai/deployments/gpt%204o%2Feu/embeddings?api-version=2025-01-01-preview',
    ],
    ['/openai', { endpoint: 'audio/speech' }, '/openai/deployments/gpt%204o%2Feu/audio/speech?api-version=2024-10-21'],
    ['', { endpoint: 'responses' }, '/openai/responses?api-version=2025-04-01-preview'],
    ['/openai/v1', { endpoint: 'chat/completions' }, '/openai/v1/chat/completions'],
    ['/openai/v1/', { endpoint: 'responses' }, '/openai/v1/responses'],
  ])('[PR-005] at %p is called for %j at %s', async (base, change, path) => {
    expect(await pathOf(connect('azure', base), change)).toBe(path);
  });

  it.each([
    ['32-letters-of-a-key', { 'api-key': '32-letters-of-a-key' }],
    [
      'eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJodHRw.c2lnbmF0dXJl',
      { authorization: 'Bearer eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJodHRw.c2lnbmF0dXJl' },
    ],
    ['Bearer opaque', { authorization: 'Bearer opaque' }],
  ])('[PR-005] is shown the key %s as %j', async (apiKey, headers) => {
    await pathOf(connect('azure', '', { apiKey }), {});
    expect(server.firstRequest.headers).toMatchObject(headers);
    expect('api-key' in server.firstRequest.headers).toBe('api-key' in headers);
  });

  it('[GW-011] gets the version with native requests that name none', async () => {
    const azure = connect('azure');
    expect(await nativePathOf(azure, 'openai/deployments/d/x')).toBe('/openai/deployments/d/x?api-version=2024-10-21');
    expect(await nativePathOf(azure, 'openai/models', 'api-version=1')).toBe('/openai/models?api-version=1');
    expect(await nativePathOf(azure, 'openai/v1/responses', 'a=b')).toBe('/openai/v1/responses?a=b');
  });

  it('[GW-009] has a realtime socket on both surfaces', async () => {
    const asked = { path: 'realtime', query: 'deployment=other', model: 'rt' };
    const [old, v1] = [connect('azure'), connect('azure', '/openai/v1')];
    const at = server.url.replace('http', 'ws');
    expect(await old.socketTarget(asked)).toMatchObject({
      url: `${at}/openai/realtime?api-version=2025-04-01-preview&deployment=rt`,
      headers: { 'api-key': 'key-1' },
    });
    expect((await v1.socketTarget({ ...asked, query: '' })).url).toBe(`${at}/openai/v1/realtime?model=rt`);
  });
});

describe('Vertex AI', () => {
  const base = '/v1/projects/acme/locations/europe-west4';

  it.each([
    [
      { endpoint: 'messages', model: 'claude-sonnet-4-5@20250929' },
      '/publishers/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict',
    ],
    [
      { endpoint: 'messages', model: 'claude-x', stream: true },
      '/publishers/anthropic/models/claude-x:streamRawPredict',
    ],
    [{ endpoint: 'generateContent', model: '4711' }, '/endpoints/4711:generateContent'],
    [{ endpoint: 'countTokens', model: 'gemini-2.5-pro' }, '/publishers/google/models/gemini-2.5-pro:countTokens'],
  ])('[PR-004] is called for %j at %s', async (change, path) => {
    expect(await pathOf(connect('vertex_ai', base), change)).toBe(base + path);
  });

  it.each([
    [
      'v1/projects/other/locations/us-east1/publishers/google/models/x:predict',
      `${base}/publishers/google/models/x:predict`,
    ],
    ['v1beta1/projects/other/locations/l/endpoints/1:predict', `${base.replace('v1', 'v1beta1')}/endpoints/1:predict`],
    ['publishers/google/models/x:predict', `${base}/publishers/google/models/x:predict`],
  ])('[GW-011] keeps native requests in its own project: %s', async (path, at) => {
    expect(await nativePathOf(connect('vertex_ai', base), path)).toBe(at);
  });

  it('[GW-010] has a live socket at the root of its host', async () => {
    const { url, headers } = await connect('vertex_ai', base).socketTarget({
      path: 'live',
      query: '',
      model: 'gemini-live',
    });
    expect(url).toMatch(
      /^ws:\/\/127\.0\.0\.1:\d+\/ws\/google\.cloud\.aiplatform\.v1\.LlmBidiService\/BidiGenerateContent$/,
    );
    expect(headers).toEqual({ authorization: 'Bearer key-1' });
  });
});

it('[PR-006] Bedrock sees a signature for the model that is called', async () => {
  const apiKey = `AKIDEXAMPLE:${'s'.repeat(40)}`;
  const bedrock = connect('bedrock', '', { apiKey, region: 'eu-west-1' });
  expect(await pathOf(bedrock, { endpoint: 'converse', model: 'amazon.nova-lite-v1:0', stream: true })).toBe(
    '/model/amazon.nova-lite-v1%3A0/converse-stream',
  );
  expect(server.firstRequest.headers).toMatchObject({
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/bedrock\/aws4_request, /,
    ),
    accept: 'application/vnd.amazon.eventstream',
    'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
  });
});

it('[PR-013] a provider that lists no models is tested by an empty request', async () => {
  const answer =
    (status: number): Answer =>
    (socket) =>
      void socket.write(`HTTP/1.1 ${status} Status\r\ncontent-length: 2\r\n\r\n{}`);
  server.answer = answer(400);
  expect(await connect('perplexity').testConnection()).toMatchObject({ ok: true, reason: null, models: [] });
  expect(server.firstRequest).toMatchObject({ method: 'POST', path: '/chat/completions', body: '{}' });
  server.answer = answer(401);
  expect(await connect('perplexity').testConnection()).toMatchObject({
    ok: false,
    reason: 'the provider refused the key (401)',
  });
});

it.each(['.', '..'])('sends nothing for a model named %p', async (model) => {
  await expect(pathOf(connect('azure'), { model })).rejects.toMatchObject({ code: 'model_not_found' });
  expect(server.requests).toHaveLength(0);
});
