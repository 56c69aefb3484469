import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { parseUsd, sleep } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import type { ApiAnswer, ApiClient } from './testing/api-client.js';
import { ModelFile, ONE_ATTEMPT } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, startVariant, type RunningPlatform, type Variant } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRows, spentBy } from './testing/tenants.js';

jest.setTimeout(90_000);

const messages = [{ role: 'user' as const, content: 'Once, please.' }];
const body = { model: 'chat', messages, max_tokens: 100 };
const REPLAYED = 'x-ao-idempotent-replay';
const conflict = { status: 409, body: { error: { code: 'conflict', param: 'idempotency-key' } } };

describe.each(modes)('idempotency keys, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  /** In a cluster a second gateway, which shares Redis with the first. */
  let second: Variant | null = null;

  beforeAll(async () => {
    provider = await startSimulator();
    models = await ModelFile.create(
      [{ name: 'chat', model: 'sim-chat', baseUrl: `${provider.url}/v1`, inputCost: 0.000001, outputCost: 0.00001 }],
      {},
      ONE_ATTEMPT,
    );
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      ALLOW_PRIVATE_WEBHOOK_URLS: 'true',
      LEASE_IDLE_MS: '500',
      LOG_LEVEL: 'warn',
    });
    if (mode === 'cluster') second = await startVariant(platform, {});
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    await second?.stop();
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  const key = (text: string = randomUUID()): Record<string, string> => ({ 'idempotency-key': text });
  /** The gateways in turn, with the same API key. */
  const gatewaysOf = (api: ApiClient): ApiClient[] => (second ? [api, second.admin.as(api.key)] : [api]);
  const replays = (answers: ApiAnswer[]): ApiAnswer[] => answers.filter(({ headers }) => headers.has(REPLAYED));
  /** As clients do: a machine this busy may take longer than the 50 ms that Redis has, which is a 503 before anything is sent. */
  const insist = async (send: () => Promise<ApiAnswer>): Promise<ApiAnswer> => {
    const answer = await send();
    return answer.status === 503 ? insist(send) : answer;
  };
  const chat = (api: ApiClient, given: object, headers: Record<string, string>): Promise<ApiAnswer> =>
    insist(() => api.chat(given, headers));
  const usage = 'input_tokens=100&output_tokens=10';
  const costUsd = '0.0002';

  it('[WL-011] makes ten calls at once with one key one charge and one call of the provider', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.setDefaults(`${usage}&latency_ms=300`);
    const headers = key();
    const gateways = gatewaysOf(api);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => chat(gateways[index % gateways.length]!, body, headers)),
    );
    answers.push(await chat(gateways.at(-1)!, body, headers));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(provider.counts.requests).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(replays(answers)).toHaveLength(10);
    expect(new Set(answers.map((answer) => answer.headers.get('x-ao-cost-usd')))).toEqual(new Set([costUsd]));
    const [row, ...others] = await requestRows(api, 1);
    expect(others).toEqual([]);
    expect(new Set(answers.map((answer) => answer.headers.get('x-ao-request-id')))).toEqual(new Set([row!['id']]));
    await waitFor(async () => (await spentBy(api)) === parseUsd(costUsd), { timeoutMs: 15_000 });
    await sleep(1_000);
    expect(await spentBy(api)).toBe(parseUsd(costUsd));
    const { text: metrics } = await platform.admin.get('/metrics');
    expect(metrics).toMatch(/ao_idempotent_calls_total\{outcome="replayed"\} \d/);
  });

  it('[WL-011] repeats a stream byte for byte, and embeddings', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.setDefaults(`${usage}&split_bytes=7&token_interval_ms=2&text=grüße an alle`);
    const headers = key();
    const streamed = { ...body, stream: true };
    const [first, ...again] = [
      await chat(api, streamed, headers),
      ...(await Promise.all(gatewaysOf(api).map((gateway) => chat(gateway, streamed, headers)))),
    ];
    expect(first!.text).toMatch(/^data: \{[\s\S]*data: \[DONE\]\n\n$/);
    expect(provider.counts.requests).toBe(1);
    for (const { text, headers: found } of again) {
      expect(text).toBe(first!.text);
      expect(found.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect([found.get(REPLAYED), found.get('x-ao-cost-usd')]).toEqual(['true', costUsd]);
    }
    // The same key on another endpoint is another key.
    const embed = (): Promise<ApiAnswer> =>
      insist(() => api.post('/v1/embeddings', { model: 'chat', input: 'a' }, headers));
    const embeddings = [expectStatus(await embed(), 200), await embed()];
    expect(embeddings[1]!.text).toBe(embeddings[0]!.text);
    expect(provider.counts.requests).toBe(2);
  });

  it('[WL-011] refuses another body, keeps API keys apart, and refuses a key that is none', async () => {
    const [one, two] = [await createTenant(platform.admin, '1'), await createTenant(platform.admin, '1')];
    provider.setDefaults(usage);
    const headers = key();
    expectStatus(await chat(one.api, body, headers), 200);
    expect(await chat(one.api, { ...body, max_tokens: 99 }, headers)).toMatchObject(conflict);
    const theirs = expectStatus(await chat(two.api, body, headers), 200);
    expect(theirs.headers.has(REPLAYED)).toBe(false);
    expect(provider.counts.requests).toBe(2);
    for (const bad of ['', 'two words', 'x'.repeat(256)]) {
      const error = { code: 'invalid_header_value', param: 'idempotency-key' };
      expect(await one.api.chat(body, key(bad))).toMatchObject({ status: 400, body: { error } });
      expect(await platform.admin.post('/v1/teams', { name: bad }, key(bad))).toMatchObject({ status: 400 });
    }
  });

  it('[WL-011] lets a call be tried again that was refused before it cost anything', async () => {
    const { api, walletId } = await createTenant(platform.admin, '0');
    provider.setDefaults(usage);
    const headers = key();
    expectStatus(await chat(api, body, headers), 402);
    expectStatus(await platform.admin.patch(`/v1/wallets/${walletId}`, { limit_usd: '1' }), 200);
    provider.script('fault=500');
    expectStatus(await chat(api, body, headers), 502);
    const answer = expectStatus(await chat(api, body, headers), 200);
    expect(answer.headers.has(REPLAYED)).toBe(false);
  });

  it('[WL-011] finishes a call whose caller left, and gives the answer to the caller that comes back', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.setDefaults(`${usage}&token_interval_ms=30&text=${encodeURIComponent(' one two six ten'.repeat(10))}`);
    const headers = key();
    const stream = await api.stream(body, headers);
    await stream.next();
    stream.leave();
    const again = await chat(api, { ...body, stream: true }, headers);
    expect(again.text).toContain('data: [DONE]');
    expect(again.headers.get(REPLAYED)).toBe('true');
    expect([provider.counts.requests, provider.counts.aborted]).toEqual([1, 0]);
    const rows = await requestRows(api, 1);
    expect(rows).toMatchObject([{ status: 200, partial: false, cost_usd: costUsd }]);
  });

  it('[WL-011] answers 503 to calls with a key while Redis is away, and calls without one go on', async () => {
    const alone = await startVariant(platform, { REDIS_URL: 'redis://127.0.0.1:9' });
    try {
      const refused = await alone.admin.chat(body, key());
      expect(refused).toMatchObject({ status: 503, body: { error: { code: 'backend_unavailable' } } });
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(provider.counts.requests).toBe(0);
      expectStatus(await alone.admin.chat(body), 200);
    } finally {
      await alone.stop();
    }
  });

  it('[WL-011] carries out each change of the admin API once, and shows its secret to the same key again', async () => {
    const { admin } = platform;
    const name = `idempotent-${randomUUID().slice(0, 8)}`;
    const headers = key();
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const gateways = gatewaysOf(admin);
        return gateways[index % gateways.length]!.post('/v1/keys', { name, role: 'admin' }, headers);
      }),
    );
    expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
    expect(new Set(made.map((answer) => answer.body.key)).size).toBe(1);
    expect(replays(made)).toHaveLength(9);
    const { data } = (await admin.get('/v1/keys?limit=500')).body;
    expect(data.filter((found: { name: string }) => found.name === name)).toHaveLength(1);

    expect(await admin.post('/v1/keys', { name: `${name}-2` }, headers)).toMatchObject(conflict);
    expect(await admin.post('/v1/teams', { name, role: 'admin' }, headers)).toMatchObject(conflict);
    // Another administrator's key of the same text is another key.
    const other = admin.as(made[0]!.body.key);
    const theirs = expectStatus(await other.post('/v1/keys', { name, role: 'admin' }, headers), 201);
    expect(theirs.body.key).not.toBe(made[0]!.body.key);
  });

  it('[WL-011] repeats the answer to a change and to an end, of whichever service', async () => {
    const { admin } = platform;
    const twice = async (method: string, path: string, given?: object): Promise<ApiAnswer> => {
      const headers = key();
      const first = await admin.call(method, path, given, headers);
      expect(first.status).toBeLessThan(300);
      const again = await admin.call(method, path, given, headers);
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect([first.headers.has(REPLAYED), again.headers.get(REPLAYED)]).toEqual([false, 'true']);
      return first;
    };
    const wallet = (await twice('POST', '/v1/wallets', { name: 'w', limit_usd: '5' })).body;
    await twice('PATCH', `/v1/wallets/${wallet.id}`, { limit_usd: '7' });
    await twice('DELETE', `/v1/wallets/${wallet.id}`);
    await twice('POST', '/v1/prices', { model: 'p', input_usd_per_million: '1', output_usd_per_million: '1' });
    await twice('POST', '/v1/aliases', { alias: 'a', model_group: 'chat' });
    await twice('DELETE', '/v1/aliases/a');
    const channel = (await twice('POST', '/v1/alerts/channels', { name: 'c', url: 'http://127.0.0.1:9/' })).body;
    await twice('DELETE', `/v1/alerts/channels/${channel.id}`);
    await twice('POST', '/api/v1/tasks', { query: 'q', model: 'chat' });
  });
});
