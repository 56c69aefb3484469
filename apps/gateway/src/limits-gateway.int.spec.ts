import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { limitRule } from '@ao/contracts';
import { openMemoryKeyValue, openRedisKeyValue, withLocalLimits, type KeyValue } from '@ao/keyvalue';
import { silentLogger } from '@ao/kernel';
import { startRedis, waitFor, type RealServer } from '@ao/testing';
import { LimitedGateways, bearer, chat } from './limits-gateway.suite.js';

/** As in production, but for the time that a busy machine needs. */
const DEADLINE_MS = 1_000;

const limitHeader = (answer: Response, name: string): number => Number(answer.headers.get(`x-ratelimit-${name}`));
const errorOf = async (answer: Response): Promise<{ code: string; message: string }> =>
  ((await answer.json()) as { error: { code: string; message: string } }).error;
const statuses = (answers: Response[]): number[] => answers.map(({ status }) => status);

describe('limits at the gateway', () => {
  let gateways: LimitedGateways;
  let server: RealServer;
  let stores: KeyValue[];
  let urls: string[];
  let url: string;

  beforeAll(async () => {
    [gateways, server] = await Promise.all([LimitedGateways.open(), startRedis()]);
    stores = [1, 2].map(() =>
      withLocalLimits(
        openRedisKeyValue({ url: server.url, deadlineMs: DEADLINE_MS }),
        openMemoryKeyValue(),
        silentLogger,
      ),
    );
    await Promise.all(stores.map((store) => waitFor(async () => (await store.health()).ok)));
    urls = await Promise.all(stores.map((store) => gateways.start(store)));
    url = urls[0]!;
  });
  beforeEach(() => gateways.provider.reset());
  afterAll(async () => {
    await gateways?.stop();
    await Promise.all((stores ?? []).map((store) => store.close()));
    await server?.kill();
  });

  it('[RL-001] [RL-005] counts 60 requests of a key down over two gateways, and refuses the 61st', async () => {
    const key = gateways.issue({ keyId: 'key_60', requestsPerMinuteMax: 60 });
    const startedMs = performance.now();
    const answers = await Promise.all(Array.from({ length: 62 }, (_, index) => chat(urls[index % 2]!, key)));
    const refilled = Math.floor((performance.now() - startedMs) / 1_000);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(2 - refilled);
    const left = answers.filter(({ status }) => status === 200).map((answer) => limitHeader(answer, 'remaining'));
    // Each told another number; what refilled meanwhile may repeat some.
    expect(new Set(left).size).toBeGreaterThanOrEqual(60 - 2 * refilled);
    for (const answer of refused) {
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' } });
    }
  });

  it('[RL-001] follows the limits that are published, and forgets those that are gone', async () => {
    const keys = ['a', 'b'].map((name) => gateways.issue({ keyId: `key_${name}`, teamId: 'team_2' }));
    const scope = { kind: 'team', id: 'team_2' };
    await gateways.publish([limitRule.parse({ id: 'lim_1', orgId: 'org_1', scope, requestsPerMinuteMax: 2 })]);
    const first = await chat(urls[0]!, keys[0]!);
    expect(limitHeader(first, 'limit')).toBe(2);
    await chat(urls[1]!, keys[1]!);
    const refused = await chat(urls[0]!, keys[1]!);
    expect(refused.status).toBe(429);
    expect((await errorOf(refused)).message).toContain('the team team_2');
    await gateways.publish([]);
    const free = await chat(urls[0]!, keys[1]!);
    expect([free.status, free.headers.get('x-ratelimit-limit')]).toEqual([200, null]);
  });

  it('[RL-005] tells limits on answers, streams, refusals and errors alike, in both names, and never the provider’s', async () => {
    const theirs = 'header.x-ratelimit-remaining-requests=99999&header.x-ratelimit-reset-requests=77s';
    const key = gateways.issue({ keyId: 'key_headers', requestsPerMinuteMax: 4, tokensPerMinuteMax: 100_000 });
    gateways.provider.script(theirs, theirs, 'fault=400');
    const answers = [await chat(url, key), await chat(url, key, { stream: true }), await chat(url, key)];
    answers.push(await chat(url, key, { model: 'chat' }), await chat(url, key));
    expect(statuses(answers)).toEqual([200, 200, 400, 200, 429]);
    const remaining = answers.map((answer) => limitHeader(answer, 'remaining-requests'));
    expect(remaining).toEqual([3, 2, 1, 0, 0]);
    expect(answers.map((answer) => limitHeader(answer, 'remaining'))).toEqual(remaining);
    for (const answer of answers) {
      await answer.text();
      expect(answer.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+m)?[\d.]+(s|ms)$/);
      expect(limitHeader(answer, 'limit-tokens')).toBe(100_000);
      expect(limitHeader(answer, 'remaining-tokens')).toBeLessThan(100_000);
      expect(limitHeader(answer, 'reset')).toBeGreaterThan(0);
      expect(limitHeader(answer, 'reset')).toBeLessThanOrEqual(60);
    }
    // The reset of a bucket of 4 moves 15 s with each request.
    const resets = answers.slice(0, 4).map((answer) => limitHeader(answer, 'reset'));
    expect(resets[3]).toBeGreaterThan(resets[0]! + 30);
  });

  it('[RL-003] frees the slot of a caller that leaves', async () => {
    const key = gateways.issue({ keyId: 'key_leaving', concurrencyMax: 1 });
    gateways.provider.script('latency_ms=30000');
    const leaving = new AbortController();
    const open = chat(url, key, { signal: leaving.signal }).catch(() => null);
    await waitFor(() => gateways.provider.requests.length === 1);
    const refused = await chat(urls[1]!, key);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    leaving.abort();
    await open;
    await waitFor(async () => (await chat(urls[1]!, key)).status === 200);
  });

  it('[RL-005] tells the limits of a realtime session, and the wait when it is refused', async () => {
    const key = gateways.issue({ keyId: 'key_realtime', requestsPerMinuteMax: 1 });
    const first = await upgrade(`${url}/v1/realtime?model=chat`, key);
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0' });
    const refused = await upgrade(`${url}/v1/realtime?model=chat`, key);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(30);
  });

  it('[RL-002] asks identity for no further key of an address that tries them out', async () => {
    const guarded = await gateways.start(openMemoryKeyValue(), { WRONG_KEYS_PER_MINUTE_PER_ADDRESS: '5' });
    const good = gateways.issue({ keyId: 'key_good' });
    expect((await chat(guarded, good)).status).toBe(200);
    const lookups = gateways.lookups;
    const answers: Response[] = [];
    for (let key = 0; key < 8; key += 1) answers.push(await chat(guarded, `sk-ao-wrong-${key}`));
    expect(statuses(answers)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(Number(answers[7]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(gateways.lookups - lookups).toBe(5);
    expect((await chat(guarded, good)).status).toBe(200);
    const admin = await fetch(`${guarded}/v1/keys`, { headers: bearer('sk-ao-wrong-9') });
    expect(admin.status).toBe(429);
  });

  describe('of callers without a key', () => {
    const open = { AUTH_MODE: 'static', KEYLESS_REQUESTS_PER_MINUTE_PER_ADDRESS: '3' };
    const by = (address: string) => ({ headers: { 'x-forwarded-for': address } });

    it('[RL-002] counts the connection’s own address, whatever X-Forwarded-For says', async () => {
      const keyless = await gateways.start(openMemoryKeyValue(), open);
      const answers: Response[] = [];
      for (let call = 1; call <= 4; call += 1) answers.push(await chat(keyless, null, by(`203.0.113.${call}`)));
      expect(statuses(answers)).toEqual([200, 200, 200, 429]);
      expect(Number(answers[3]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await errorOf(answers[3]!)).toMatchObject({ code: 'rate_limit_exceeded' });
    });

    it('[RL-002] counts the address that a trusted proxy saw, and not what the caller told the proxy', async () => {
      const keyless = await gateways.start(openMemoryKeyValue(), { ...open, TRUST_PROXY: '127.0.0.1' });
      const answers: Response[] = [];
      for (let call = 1; call <= 4; call += 1) {
        answers.push(await chat(keyless, null, by(`198.51.100.${call}, 203.0.113.1`)));
      }
      expect(statuses(answers)).toEqual([200, 200, 200, 429]);
      expect((await chat(keyless, null, by('203.0.113.2'))).status).toBe(200);
    });

    it('[RL-002] [RL-003] [RL-004] stands at 60 an address, 10 a session and 5 at once unless set', async () => {
      const keyless = await gateways.start(openMemoryKeyValue(), { AUTH_MODE: 'static' });
      const session = { headers: { 'x-claude-session-id': 'a-session' } };
      const told: Response[] = [];
      for (let call = 1; call <= 11; call += 1) told.push(await chat(keyless, null, session));
      expect(statuses(told)).toEqual([...Array<number>(10).fill(200), 429]);

      gateways.provider.script({ behaviour: 'latency_ms=30000', times: 5 });
      const leaving = new AbortController();
      const before = gateways.provider.requests.length;
      const five = Array.from({ length: 5 }, () => chat(keyless, null, { signal: leaving.signal }).catch(() => null));
      await waitFor(() => gateways.provider.requests.length === before + 5);
      const sixth = await chat(keyless, null);
      expect([sixth.status, (await errorOf(sixth)).message]).toEqual([429, expect.stringContaining('5 calls at once')]);
      leaving.abort();
      await Promise.all(five);
      await waitFor(async () => (await chat(keyless, null)).status === 200);

      let used = 0;
      let last = 200;
      for (; last === 200 && used < 70; used += 1) last = (await chat(keyless, null)).status;
      // 10 of the session, 5 that left, at least one that waited for them, and the rest.
      expect(last).toBe(429);
      expect(used).toBeGreaterThanOrEqual(40);
      expect(used).toBeLessThanOrEqual(60 - 10 - 5);
    });
  });

  it('says so, and how often, while Redis is away', async () => {
    const key = gateways.issue({ keyId: 'key_away', requestsPerMinuteMax: 2 });
    const before = await chat(url, key);
    expect(before.headers.get('x-ao-limits')).toBeNull();
    await server.kill();
    const answers = [await chat(url, key), await chat(url, key), await chat(url, key)];
    expect(statuses(answers)).toEqual([200, 200, 429]);
    for (const answer of answers) expect(answer.headers.get('x-ao-limits')).toBe('local');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(Number(/^ao_gateway_limits_fallback_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(3);
  });
});

/** A WebSocket's handshake, and its answer. */
function upgrade(target: string, key: string): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  const headers = {
    ...bearer(key),
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16, 1).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(target, { headers });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode!, headers: response.headers });
    });
    request.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode!, headers: response.headers });
    });
    request.on('error', reject);
    request.end();
  });
}
