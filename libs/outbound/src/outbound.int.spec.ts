import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request, type Agent } from 'undici';
import { guardedAgent } from './guarded-agent.js';
import { OutboundGuard, type OutboundPolicy, type ResolvedAddress } from './outbound-guard.js';

const loopback: ResolvedAddress[] = [{ address: '127.0.0.1', family: 4 }];
const metadata: ResolvedAddress[] = [{ address: '169.254.169.254', family: 4 }];
const publicAddress: ResolvedAddress[] = [{ address: '203.0.114.7', family: 4 }];

/** A resolver that gives one answer after the other, and the last one from then on. */
function answering(...answers: ResolvedAddress[][]): () => Promise<ResolvedAddress[]> {
  let asked = 0;
  return async () => answers[Math.min(asked++, answers.length - 1)] ?? [];
}

describe('the outbound guard', () => {
  let server: Server;
  let port: number;
  let requests = 0;
  const agents: Agent[] = [];

  beforeAll(async () => {
    server = createServer((incoming, answer) => {
      requests += 1;
      answer.writeHead(incoming.url === '/moved' ? 302 : 200, { location: '/elsewhere' }).end('hello');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.close()));
    server.close();
  });

  beforeEach(() => void (requests = 0));

  const call = async (url: string, policy: OutboundPolicy): Promise<number> => {
    const dispatcher = guardedAgent(new OutboundGuard(policy), { connectTimeoutMs: 1_000 });
    agents.push(dispatcher);
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    return statusCode;
  };

  it.each([
    ['another protocol', 'ftp://example.com/', 'https://'],
    ['credentials in it', 'https://user:secret@example.com/', 'password'],
    ['the metadata address', 'http://169.254.169.254/', 'link-local'],
    ['a loopback address', 'http://127.0.0.1/', 'loopback'],
    ['no URL at all', 'example.com', 'https://'],
  ])('[NT-005] refuses a URL with %s', async (_what, url, reason) => {
    const verdict = await new OutboundGuard({ allowPrivate: false }).check(url);
    expect(verdict).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it('[NT-005] refuses the metadata address also where private networks are allowed', async () => {
    const guard = new OutboundGuard({ allowPrivate: true });
    expect(await guard.check('http://[::ffff:169.254.169.254]/')).toMatchObject({ kind: 'refused' });
    expect(await guard.check('http://10.0.0.1/')).toEqual({ kind: 'allowed' });
  });

  it('refuses a name when any of its addresses is refused', async () => {
    const resolve = answering([...publicAddress, ...loopback]);
    expect(await new OutboundGuard({ allowPrivate: false, resolve }).check('https://mixed.example.com/')).toMatchObject(
      {
        kind: 'refused',
      },
    );
  });

  it('tells a name that does not exist from a resolver that does not answer', async () => {
    const resolve = async (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const unknown = new OutboundGuard({ allowPrivate: false, resolve });
    expect(await unknown.check('https://typo.example.com/')).toMatchObject({ kind: 'refused' });
    const silent = new OutboundGuard({
      allowPrivate: false,
      resolve: () => new Promise<never>(() => undefined),
      resolveDeadlineMs: 20,
    });
    expect(await silent.check('https://slow.example.com/')).toMatchObject({ kind: 'unresolved' });
  });

  it('connects to the very address that it checked', async () => {
    const url = `http://receiver.example.com:${port}/`;
    expect(await call(url, { allowPrivate: true, resolve: answering(loopback, metadata) })).toBe(200);
    expect(requests).toBe(1);
  });

  it('[NT-005] does not connect when a name changes to a forbidden address after it was checked', async () => {
    const policy = { allowPrivate: false, resolve: answering(publicAddress, loopback) };
    const url = `http://rebinding.example.com:${port}/`;
    expect(await new OutboundGuard(policy).check(url)).toEqual({ kind: 'allowed' });
    await expect(call(url, policy)).rejects.toMatchObject({ name: 'OutboundRefusedError' });
    expect(requests).toBe(0);
  });

  it.each(['127.0.0.1', '[::ffff:127.0.0.1]', 'localhost'])('[NT-005] opens no connection to %s', async (host) => {
    await expect(call(`http://${host}:${port}/`, { allowPrivate: false })).rejects.toMatchObject({
      name: 'OutboundRefusedError',
    });
    expect(requests).toBe(0);
  });

  it('[NT-005] follows no redirect', async () => {
    expect(await call(`http://127.0.0.1:${port}/moved`, { allowPrivate: true })).toBe(302);
    expect(requests).toBe(1);
  });
});
