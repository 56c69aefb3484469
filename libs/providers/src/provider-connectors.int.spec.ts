import { startSimulator, type Simulator } from '@ao/provider-simulator';
import type { Connector, UpstreamRequest } from './connector.js';
import { ProviderConnectors } from './provider-connectors.js';
import type { ProviderTarget } from './provider-target.js';

let simulator: Simulator;
let connectors: ProviderConnectors;

beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());
beforeEach(() => {
  simulator.reset();
  connectors = new ProviderConnectors();
});
afterEach(() => connectors.close(100));

const target = (change: Partial<ProviderTarget> = {}): ProviderTarget => ({
  id: 'prv_1',
  name: 'simulator',
  kind: 'openai',
  baseUrl: `${simulator.url}/v1`,
  apiKey: 'key-1',
  organisation: 'org-1',
  timeouts: { connectMs: 1_000, firstByteMs: 2_000, idleMs: 2_000, totalMs: 5_000 },
  connectionsMax: 4,
  ...change,
});

const chat = (more: object = {}): UpstreamRequest => ({
  endpoint: 'chat/completions',
  model: 'demo',
  body: Buffer.from(JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hi' }], ...more })),
  stream: 'stream' in more,
  requestId: 'req-1',
});

function connected(change?: Partial<ProviderTarget>): Connector {
  expect(connectors.update([target(change)])).toEqual([]);
  return connectors.get('prv_1')!;
}

async function text(connector: Connector, request: UpstreamRequest): Promise<string> {
  const { body } = await connector.send(request);
  return (await body.collect()).toString();
}

it('[PR-002] passes the organisation header and the key', async () => {
  await text(connected(), chat());
  expect(simulator.requests[0]!.headers).toMatchObject({
    authorization: 'Bearer key-1',
    'openai-organization': 'org-1',
    'content-type': 'application/json',
    'accept-encoding': 'identity',
  });
});

it('[PR-012] serves any OpenAI-compatible base URL without a key', async () => {
  const answer = await text(connected({ kind: 'vllm', apiKey: null, organisation: null }), chat());
  expect(JSON.parse(answer)).toMatchObject({ object: 'chat.completion', usage: { prompt_tokens: expect.any(Number) } });
  expect(simulator.requests[0]!.headers).not.toHaveProperty('authorization');
});

it('[PR-015] makes 100 calls in turn, and 100 at once, over no more sockets than the pool has', async () => {
  const connector = connected();
  for (let call = 0; call < 100; call += 1) await text(connector, chat());
  // The client takes a connection back a moment after its answer has ended, so a second one may be in use.
  expect(simulator.counts.requests).toBe(100);
  expect(simulator.counts.socketsUsed).toBeLessThanOrEqual(2);
  await Promise.all(Array.from({ length: 100 }, () => text(connector, chat({ stream: true }))));
  expect(simulator.counts.socketsUsed).toBeLessThanOrEqual(4);
  expect(connectors.poolStats()).toEqual([
    expect.objectContaining({ callsTotal: 200, running: 0, pending: 0, failuresTotal: 0 }),
  ]);
});

it('[GW-021] ends a slow provider at its limit and aborts the upstream call', async () => {
  simulator.script('latency_ms=3000');
  const timeouts = { connectMs: 200, firstByteMs: 200, idleMs: 200, totalMs: 200 };
  const startedAtMs = performance.now();
  await expect(connected({ timeouts }).send(chat())).rejects.toMatchObject({ code: 'timeout', status: 504 });
  expect(performance.now() - startedAtMs).toBeLessThan(400);
});

it.each([
  ['reset', 'upstream_error'],
  ['cut', 'upstream_error'],
  ['silence', 'timeout'],
  ['stall', 'timeout'],
])('never hangs on a provider with the fault %s', async (fault, code) => {
  simulator.script(`fault=${fault}`);
  const timeouts = { connectMs: 300, firstByteMs: 300, idleMs: 300, totalMs: 2_000 };
  await expect(text(connected({ timeouts }), chat({ stream: true }))).rejects.toMatchObject({ code, retryable: true });
});

it('swaps a rotated key on the same connections, and leaves an unchanged provider as it is', async () => {
  const before = connected();
  await text(before, chat());
  expect(connected()).toBe(before);
  const after = connected({ apiKey: 'key-2' });
  expect(after).not.toBe(before);
  await text(after, chat());
  expect(simulator.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer key-1', 'Bearer key-2']);
  expect(connectors.poolStats()).toEqual([expect.objectContaining({ callsTotal: 2 })]);
});

it('lets a call finish on the connection it began with when the settings change', async () => {
  simulator.script('first_token_ms=200');
  const response = await connected().send(chat({ stream: true }));
  const after = connected({ connectionsMax: 2 });
  expect((await response.body.collect()).toString()).toContain('[DONE]');
  await text(after, chat());
  expect(simulator.counts).toMatchObject({ socketsUsed: 2, aborted: 0 });
  expect(connectors.poolStats().map(({ connectionsMax }) => connectionsMax)).toContain(2);
});

it('leaves out a provider that cannot be used, and says why', () => {
  const unusable = connectors.update([
    target(),
    target({ id: 'prv_2', kind: 'telepathy' }),
    target({ id: 'prv_3', baseUrl: 'ftp://host/v1' }),
    target({ id: 'prv_4', baseUrl: 'https://user:secret@host/v1' }),
  ]);
  expect(unusable.map(({ id, error }) => [id, error.code, error.param])).toEqual([
    ['prv_2', 'invalid_parameter', 'kind'],
    ['prv_3', 'invalid_parameter', 'base_url'],
    ['prv_4', 'invalid_parameter', 'base_url'],
  ]);
  expect(connectors.get('prv_1')).toBeDefined();
  expect(connectors.get('prv_2')).toBeUndefined();
});

it('forgets a provider that is no longer configured', () => {
  connected();
  connectors.update([]);
  expect(connectors.get('prv_1')).toBeUndefined();
});

it('closes within its grace time, whatever is still under way', async () => {
  simulator.script('fault=silence');
  const call = connected().send(chat());
  const [error] = await Promise.all([call.catch((reason: unknown) => reason), connectors.close(50)]);
  expect(error).toMatchObject({ code: 'upstream_error', kind: 'closed' });
});

it.each([
  ['fault=401', 'the provider refused the key (401)'],
  ['fault=404', 'the provider has no list of models at this base URL (404): check its path'],
  ['fault=429', 'the provider limits the rate of requests, or the quota is used up (429)'],
  ['fault=503', 'the provider has a fault of its own (503)'],
  ['fault=reset', 'the provider closed the connection without an answer'],
  ['fault=silence', 'connected, but no answer within the time limit'],
])('[PR-013] says why a connection test fails: %s', async (directive, reason) => {
  const timeouts = { connectMs: 300, firstByteMs: 300, idleMs: 300, totalMs: 2_000 };
  simulator.setDefaults(directive);
  expect(await connected({ timeouts }).testConnection()).toMatchObject({ ok: false, reason, models: [] });
});

it('[PR-013] says when nothing listens at the base URL', async () => {
  expect(await connected({ baseUrl: 'http://127.0.0.1:1/v1' }).health()).toMatchObject({
    healthy: false,
    reason: 'nothing answers at the base URL: check the host and the port',
  });
});
