import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder, waitFor, type TemporaryFolder } from '@ao/testing';
import { KEYS, startNativeGateway } from './native-gateway.suite.js';

describe('routes of the operator’s own', () => {
  let gateway: Awaited<ReturnType<typeof startNativeGateway>>;
  let target: Server;
  let folder: TemporaryFolder;
  let seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];

  beforeAll(async () => {
    target = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => void chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(201, { 'content-type': 'text/plain' }).end('done');
      });
    });
    await new Promise<void>((resolve) => void target.listen(0, '127.0.0.1', resolve));
    folder = await temporaryFolder();
    await configure('/my/priced');
    gateway = await startNativeGateway({ AO_CONFIG: join(folder.path, 'config.yaml'), TARGET_TOKEN: 'target-secret' });
    // As the metering service publishes what AO_CONFIG says.
    await gateway.serve([], [{ model: 'native:/my/priced', provider: 'pass-through', perCallPico: '5000000000' }]);
  });
  afterAll(async () => {
    await gateway.stop();
    await folder.remove();
    await new Promise((resolve) => target.close(resolve));
  });
  beforeEach(() => void (seen = []));

  async function configure(priced: string): Promise<void> {
    const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/base/v2`;
    const headers = { Authorization: 'Bearer os.environ/TARGET_TOKEN' };
    const routes = [
      { path: priced, target: url, headers, methods: ['POST'], cost_per_request: 0.005 },
      { path: '/my/free', target: url, cost_per_request: 0 },
      { path: '/my/unpriced', target: url },
    ];
    const file = { model_list: [], general_settings: { pass_through_endpoints: routes } };
    await writeFile(join(folder.path, 'config.yaml'), JSON.stringify(file));
  }

  const call = (path: string, change: RequestInit = {}, key: string | null = KEYS.alice): Promise<Response> =>
    fetch(gateway.url + path, {
      method: 'POST',
      body: 'any bytes',
      ...change,
      headers: {
        'content-type': 'application/octet-stream',
        ...(key && { authorization: `Bearer ${key}` }),
        cookie: 'a=b',
      },
    });

  it('[GW-012] forwards what lies below a path to its target, with the headers of the file', async () => {
    const response = await call('/my/priced/sub/path?x=1');
    expect([response.status, await response.text()]).toEqual([201, 'done']);
    expect(seen).toEqual([
      expect.objectContaining({ method: 'POST', url: '/base/v2/sub/path?x=1', body: 'any bytes' }),
    ]);
    expect(seen[0]!.headers).toMatchObject({ authorization: 'Bearer target-secret' });
    expect(seen[0]!.headers['cookie']).toBeUndefined();
    expect(await gateway.report(response)).toMatchObject({ cost: 5_000_000n, provider: '/my/priced', status: 201 });
  });

  it('[GW-012] forwards the path itself to the target itself', async () => {
    expect((await call('/my/priced')).status).toBe(201);
    expect(seen[0]!.url).toBe('/base/v2');
  });

  it.each([
    ['a path that is in no file', '/my/other', {}, 404],
    ['a path that only begins alike', '/my/pricedout', {}, 404],
    ['a method that the file does not name', '/my/priced', { method: 'PUT' }, 404],
    ['a path that leads elsewhere', '/my/priced/%2e%2e%2f%2e%2e', {}, 400],
  ])('[GW-012] refuses %s', async (_what, path, change, status) => {
    expect((await call(path, change)).status).toBe(status);
    expect(seen).toEqual([]);
  });

  it('[GW-012] asks for a key', async () => {
    expect((await call('/my/priced', {}, null)).status).toBe(401);
    expect(seen).toEqual([]);
  });

  it('[BX-012] refuses who pays where nothing says what it costs, and lets what is free through', async () => {
    const refused = await call('/my/unpriced');
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({ error: { code: 'price_missing' } });
    expect(seen).toEqual([]);
    const free = await call('/my/free');
    expect(free.status).toBe(201);
    expect((await gateway.report(free)).cost).toBe(0n);
  });

  it('[GW-012] follows the file', async () => {
    await configure('/my/renamed');
    await waitFor(async () => (await call('/my/priced')).status === 404, { timeoutMs: 10_000 });
  });
});
