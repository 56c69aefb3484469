import { systemClock } from '@ao/kernel';
import type { Connector, ForwardRequest } from '../connector.js';
import type { ProviderTarget } from '../provider-target.js';
import { connectorFor } from '../registry.js';
import { startFixtureServer, type FixtureServer } from '../testing/fixture-server.js';
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

function connect(change: Partial<ProviderTarget> = {}): Connector {
  const target: ProviderTarget = {
    id: 'prv_1',
    name: 'native',
    kind: 'openai',
    baseUrl: `${server.url}/v1`,
    apiKey: 'key-of-the-gateway',
    organisation: null,
    timeouts: { connectMs: 1_000, firstByteMs: 2_000, idleMs: 2_000, totalMs: 5_000 },
    connectionsMax: 4,
    ...change,
  };
  return connectorFor(target.kind)({ target, pool: pools.poolFor(target), clock: systemClock });
}

const native = (change: Partial<ForwardRequest> = {}): ForwardRequest => ({
  method: 'POST',
  path: 'v1/chat/completions',
  query: '',
  body: Buffer.from('{"a":1}'),
  contentType: 'application/json',
  requestId: 'req-1',
  ...change,
});

describe('native pass-through', () => {
  it('[GW-011] forwards method, path, query and body with our credentials', async () => {
    const sent = native({ method: 'PUT', path: 'v1/files/file-1', query: 'after=x&key=stolen' });
    const { status, body } = await connect().forward(sent);
    expect([status, (await body.collect()).toString()]).toEqual([200, '{}']);
    expect(server.firstRequest).toMatchObject({ method: 'PUT', path: '/v1/files/file-1?after=x', body: '{"a":1}' });
    expect(server.firstRequest.headers['authorization']).toBe('Bearer key-of-the-gateway');
  });

  it('[GW-011] passes headers of the protocol and no others', async () => {
    const headers = {
      accept: 'text/event-stream',
      'anthropic-beta': 'files-api-2025-04-14',
      'x-amzn-bedrock-trace': 'ENABLED',
      'x-goog-api-client': 'gl-node/24',
      authorization: 'Bearer stolen',
      cookie: 'stolen=1',
      host: 'stolen.example',
      'x-api-key': 'stolen',
      'x-goog-api-key': 'stolen',
      'x-goog-user-project': 'stolen',
      'x-forwarded-for': 'stolen',
      'transfer-encoding': 'stolen',
      connection: 'stolen',
    };
    const { body } = await connect().forward(native({ headers }));
    await body.collect();
    const seen = server.firstRequest.headers;
    expect(JSON.stringify(seen)).not.toContain('stolen');
    expect(seen).toMatchObject({
      accept: 'text/event-stream',
      'anthropic-beta': 'files-api-2025-04-14',
      'x-amzn-bedrock-trace': 'ENABLED',
      'x-goog-api-client': 'gl-node/24',
      'x-request-id': 'req-1',
    });
  });

  it.each([
    [{ path: '../v2/x' }, 'invalid_parameter'],
    [{ path: '//evil.example/x' }, 'invalid_parameter'],
    [{ query: 'a b' }, 'invalid_parameter'],
    [{ method: 'CONNECT' }, 'method_not_allowed'],
    [{ headers: { accept: 'a\r\nhost: evil' } }, 'invalid_header_value'],
    [{ contentType: 'a\r\nhost: evil' }, 'invalid_header_value'],
  ])('[GW-011] sends nothing for %j', async (change, code) => {
    await expect(connect().forward(native(change))).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(0);
  });

  it('stays below the path of a base URL that is not the root of its host', async () => {
    const { body } = await connect({ baseUrl: `${server.url}/proxy/v1` }).forward(
      native({ body: null, method: 'GET' }),
    );
    await body.collect();
    expect(server.firstRequest.path).toBe('/proxy/v1/chat/completions');
  });
});

describe('the target of a WebSocket', () => {
  const asked = { path: 'realtime', query: '', model: 'gpt-realtime' };

  it('[GW-009] is the provider’s own address with our key, whatever the caller asks for', async () => {
    const query = 'intent=transcription&model=other&%6dodel=other&api_key=stolen';
    const { url, headers } = await connect().socketTarget({ ...asked, query });
    expect(url).toBe(`${server.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime&intent=transcription`);
    expect(headers).toEqual({ authorization: 'Bearer key-of-the-gateway' });
  });

  it('[GW-009] is refused for a provider without one', async () => {
    await expect(connect({ kind: 'vllm' }).socketTarget(asked)).rejects.toMatchObject({
      code: 'unsupported_parameter',
    });
    await expect(connect().socketTarget({ ...asked, path: '../admin' })).rejects.toMatchObject({
      code: 'unsupported_parameter',
    });
  });

  it('[GW-009] is not given where the provider must not be called', async () => {
    await expect(connect({ reach: 'public' }).socketTarget(asked)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await connect({ reach: 'private' }).socketTarget(asked)).toMatchObject({ lookup: expect.any(Function) });
  });
});

describe('the reach of a provider', () => {
  const names = ['127.0.0.1', 'localhost'];

  it.each(names)('opens no connection to %s for a provider that must be public', async (host) => {
    const baseUrl = server.url.replace('127.0.0.1', host);
    const call = connect({ baseUrl, reach: 'public' }).forward(native());
    await expect(call).rejects.toMatchObject({ code: 'upstream_error', kind: 'forbidden', retryable: false });
    expect(server.sockets.accepted).toBe(0);
    expect(await connect({ baseUrl, reach: 'public' }).health()).toMatchObject({
      healthy: false,
      reason: 'the base URL leads to an address that must not be called',
    });
  });

  it('opens none to metadata addresses even where private networks are allowed', async () => {
    const call = connect({ baseUrl: 'http://169.254.169.254', reach: 'private' }).forward(native());
    await expect(call).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('does not lend the connections of a provider that may be anywhere to one that must be public', async () => {
    await (await connect().forward(native())).body.collect();
    await expect(connect({ reach: 'public' }).forward(native())).rejects.toMatchObject({ kind: 'forbidden' });
    expect(server.requests).toHaveLength(1);
  });

  it('keeps connections alive where private networks are allowed', async () => {
    const connector = connect({ reach: 'private' });
    for (let call = 0; call < 5; call += 1) await (await connector.forward(native())).body.collect();
    expect(server.requests).toHaveLength(5);
    // The client takes a connection back a moment after its answer has ended, so a second one may be in use.
    expect(server.sockets.accepted).toBeLessThanOrEqual(2);
  });
});
