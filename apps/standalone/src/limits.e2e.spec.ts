import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { RateLimitError } from 'openai';
import type { ApiAnswer, ApiClient } from './testing/api-client.js';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, startReplica, type RunningPlatform, type Variant } from './testing/start-platform.js';
import { createTenant, expectStatus, signUp } from './testing/tenants.js';

jest.setTimeout(60_000);

const chat = { model: 'chat', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }] };

describe.each(modes)('limits, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let replica: Variant | undefined;
  let admin: ApiClient;
  /** Of a cluster two gateways, else the one there is. */
  let urls: string[];

  beforeAll(async () => {
    provider = await startSimulator();
    const priced = { baseUrl: `${provider.url}/v1`, inputCost: 0.000002, outputCost: 0.000008 };
    models = await ModelFile.create([
      { name: 'chat', model: 'sim-chat', ...priced },
      { name: 'other', model: 'sim-other', ...priced },
    ]);
    platform = await startPlatform(mode, { AO_CONFIG: models.path, SIGN_UP_ENABLED: 'true' });
    admin = platform.admin;
    if (mode === 'cluster') replica = await startReplica(platform, 'gateway');
    urls = [platform.url, replica?.url ?? platform.url];
    for (const url of urls) await waitFor(async () => (await fetch(`${url}/ready`)).ok, { timeoutMs: 20_000 });
  });
  afterAll(async () => {
    await replica?.stop();
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  const limit = async (body: object): Promise<string> =>
    expectStatus(await admin.post('/v1/limits', body), 201).body.id;
  /** Limits reach the gateways by the bus. */
  const untilLimited = (api: ApiClient): Promise<unknown> =>
    Promise.all(
      urls.map((url) => waitFor(async () => (await api.at(url).chat(chat)).headers.get('x-ratelimit-limit') !== null)),
    );
  const spread = (apis: ApiClient[], count: number): Promise<ApiAnswer[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) => apis[index % apis.length]!.at(urls[index % 2]!).chat(chat)),
    );

  it('[RL-001] lets the keys of a team make 60 calls a minute together, over every gateway', async () => {
    const made = await admin.post('/v1/teams', { name: `sixty-${mode}`, rpm_limit: 1_000 });
    const teamId = expectStatus(made, 201).body.id;
    const tenants = await Promise.all([1, 2, 3].map(() => createTenant(admin, '50', { team_id: teamId })));
    const apis = tenants.map(({ api }) => api);
    const { id, scope } = expectStatus(await admin.get('/v1/limits?limit=1'), 200).body.data[0];
    expect(scope).toEqual({ kind: 'team', id: teamId });
    await untilLimited(apis[0]!);
    expectStatus(await admin.patch(`/v1/limits/${id}`, { rpm_limit: 60 }), 200);
    await Promise.all(
      urls.map((url) =>
        waitFor(async () => (await apis[0]!.at(url).chat(chat)).headers.get('x-ratelimit-limit') === '60'),
      ),
    );
    const startedMs = performance.now();
    const answers = await spread(apis, 70);
    const refilled = Math.ceil((performance.now() - startedMs) / 1_000);
    const passed = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ status }) => status === 429);
    expect(passed + refused.length).toBe(70);
    expect(passed).toBeLessThanOrEqual(60 + refilled);
    for (const { body, headers } of refused) {
      expect(body.error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(headers.get('x-ratelimit-limit')).toBe('60');
    }
    expectStatus(await admin.delete(`/v1/limits/${id}`), 200);
    await Promise.all(urls.map((url) => waitFor(async () => (await apis[0]!.at(url).chat(chat)).status === 200)));
  });

  it('[RL-005] [RL-006] takes LiteLLM’s names at a key, and tells an official client the wait', async () => {
    const { api } = await createTenant(admin, '50', {
      model_rpm_limit: { chat: 2 },
      model_tpm_limit: { other: 1_000 },
      max_parallel_requests: 20,
      priority: 'high',
    });
    const listed = expectStatus(await admin.get('/v1/keys?limit=1'), 200).body.data[0];
    expect(listed).toMatchObject({
      concurrency_max: 20,
      priority: 'high',
      model_limits: {
        chat: { requests_per_minute_max: 2, tokens_per_minute_max: null },
        other: { requests_per_minute_max: null, tokens_per_minute_max: 1_000 },
      },
    });
    const client = api.openai();
    const answers = [];
    for (let call = 0; call < 2; call += 1) answers.push(await client.chat.completions.create(chat).withResponse());
    const headers = answers.map(({ response }) => response.headers);
    expect(headers.map((each) => each.get('x-ratelimit-remaining-requests'))).toEqual(['1', '0']);
    expect(headers.map((each) => each.get('x-ratelimit-remaining'))).toEqual(['1', '0']);
    expect(headers[1]!.get('x-ratelimit-reset-requests')).toMatch(/^(1m0|[45]\d(\.\d+)?)s$/);
    const refused = await client.chat.completions.create(chat).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(Number((refused as RateLimitError).headers.get('retry-after'))).toBeGreaterThan(10);
    // Another model goes on.
    expectStatus(await api.chat({ ...chat, model: 'other' }), 200);
  });

  it('counts each end user for itself', async () => {
    const { api } = await createTenant(admin, '50');
    const id = await limit({ scope: { kind: 'end_user' }, model: 'other', requests_per_minute_max: 1 });
    const as = (user: string): Promise<ApiAnswer> => api.chat({ ...chat, model: 'other', user });
    await waitFor(async () => (await as('probe')).status === 429);
    expect([(await as('ann')).status, (await as('ann')).status, (await as('bob')).status]).toEqual([200, 429, 200]);
    expectStatus(await admin.delete(`/v1/limits/${id}`), 200);
  });

  it('shows limits to administrators of their own organisation only', async () => {
    const id = await limit({ scope: { kind: 'ip', id: '203.0.113.7' }, max_parallel_requests: 3 });
    const listed = expectStatus(await admin.get('/v1/limits'), 200).body;
    expect(listed.data[0]).toEqual({
      id,
      org_id: expect.any(String),
      scope: { kind: 'ip', id: '203.0.113.7' },
      model: null,
      requests_per_minute_max: null,
      tokens_per_minute_max: null,
      concurrency_max: 3,
      created_at: expect.any(String),
    });
    const stranger = await signUp(admin);
    expect(expectStatus(await stranger.api.get('/v1/limits'), 200).body.data).toEqual([]);
    expectStatus(await stranger.api.patch(`/v1/limits/${id}`, { concurrency_max: 1 }), 404);
    expectStatus(await stranger.api.delete(`/v1/limits/${id}`), 404);
    const { api: member } = await createTenant(admin, '1');
    expectStatus(await member.get('/v1/limits'), 403);
    expectStatus(await member.post('/v1/limits', { scope: { kind: 'user' }, rpm_limit: 1 }), 403);
    expectStatus(await admin.delete(`/v1/limits/${id}`), 200);
    for (const wrong of [{}, { scope: { kind: 'planet' }, rpm_limit: 1 }, { scope: { kind: 'user' }, rpm_limit: 0 }]) {
      expect((await admin.post('/v1/limits', wrong)).status).toBe(400);
    }
  });
});
