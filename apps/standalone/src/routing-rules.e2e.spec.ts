import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import type { ApiAnswer, ApiClient } from './testing/api-client.js';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { expectStatus, signUp } from './testing/tenants.js';

jest.setTimeout(120_000);

const messages = [{ role: 'user' as const, content: 'Where to?' }];

describe.each(modes)('routing over the API, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;

  beforeAll(async () => {
    provider = await startSimulator();
    const baseUrl = `${provider.url}/v1`;
    models = await ModelFile.create([
      { name: 'large', model: 'sim-large', baseUrl, inputCost: 0.00001, outputCost: 0.0001 },
      { name: 'small', model: 'sim-small', baseUrl, inputCost: 0.000001, outputCost: 0.00001 },
    ]);
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      SIGN_UP_ENABLED: 'true',
      TRUST_PROXY: '127.0.0.1',
      GEO_COUNTRY_HEADER: 'x-country',
      EXPERIMENT_CHECK_INTERVAL_MS: '500',
      LOG_LEVEL: 'warn',
    });
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  /** One of its own, with money. */
  const organisation = async (): Promise<ApiClient> => {
    // On a machine this busy a service may not answer in time.
    const { api, walletId } = await waitFor(() => signUp(platform.admin), { timeoutMs: 30_000 });
    expectStatus(await api.patch(`/v1/wallets/${walletId}`, { limit_usd: '100' }), 200);
    return api;
  };
  const call = (api: ApiClient, fields: object = {}, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
    api.chat({ model: 'large', messages, max_tokens: 20, ...fields }, headers);
  /** A change reaches the gateways a moment after it is answered. */
  const untilServedBy = (api: ApiClient, model: string, fields: object = {}): Promise<boolean> =>
    waitFor(async () => (await call(api, fields)).body?.model === model, { timeoutMs: 20_000 });
  const make = async (api: ApiClient, path: string, body: object): Promise<Record<string, unknown>> =>
    expectStatus(await api.post(path, body), 201).body;
  const step = async (api: ApiClient, path: string): Promise<Record<string, unknown>> =>
    expectStatus(await api.post(path, {}), 200).body;
  const refused = (status: number, code: string, param: string) => ({ status, body: { error: { code, param } } });

  it('[RT-001] sends calls where a rule says, for its organisation alone', async () => {
    const api = await organisation();
    const other = await organisation();
    const rule = {
      name: 'to the small one',
      conditions: [{ field: 'model', operator: 'eq', value: 'large' }],
      action: { type: 'route', model: 'small' },
    };
    const { id } = await make(api, '/v1/routing/rules', rule);
    await make(api, '/v1/routing/rules', { ...rule, name: 'first', priority: 1, enabled: false });
    const { body } = await api.get('/v1/routing/rules');
    expect(body).toMatchObject({
      data: [
        { name: 'first', priority: 1 },
        { id, priority: 100, team_id: null },
      ],
    });
    await untilServedBy(api, 'sim-small');
    expect((await call(other)).body).toMatchObject({ model: 'sim-large' });
    const own = `/v1/routing/rules/${String(id)}`;
    expect(await other.get(own)).toMatchObject(refused(404, 'not_found', 'id'));
    expect(await api.patch(own, { action: { type: 'block', message: 'closed' } })).toMatchObject({ status: 200 });
    await waitFor(async () => (await call(api)).status === 403, { timeoutMs: 20_000 });
    expect(await api.patch(own, { priorty: 1 })).toMatchObject({ status: 400 });
    const nowhere = { ...rule, action: { type: 'route', model: 'nowhere' } };
    expect(await api.post('/v1/routing/rules', nowhere)).toMatchObject(
      refused(400, 'invalid_parameter', 'action.model'),
    );
    expect(await api.delete(own)).toMatchObject({ status: 200, body: { deleted: true } });
    await untilServedBy(api, 'sim-large');
  });

  it('[RT-016] takes router settings in words of LiteLLM, and shows what is in effect', async () => {
    const api = await organisation();
    const path = '/v1/routing/settings';
    const settings = { num_retries: 4, cooldown_time: 1.5, fallbacks: [{ large: ['small'] }], redis_host: 'x' };
    const own = { num_retries: 4, cooldown_time: 1.5, fallbacks: { large: ['small'] } };
    const put = await api.call('PUT', path, settings);
    expect(put).toMatchObject({ status: 200, body: { own, effective: { ...own, allowed_fails: 3 } } });
    expect(put.body).toMatchObject({ warnings: ['redis_host: not supported and ignored; set REDIS_URL'] });
    const patched = await api.patch(path, { num_retries: null, timeout: 30 });
    expect(patched.body).toMatchObject({ own: { timeout: 30, cooldown_time: 1.5 }, warnings: [] });
    expect(patched.body.own).not.toHaveProperty('num_retries');
    expect((await api.get(path)).body.own).toEqual(patched.body.own);
    expect(await api.call('PUT', path, { num_retries: 'many' })).toMatchObject(
      refused(400, 'invalid_parameter', 'num_retries'),
    );
    const unknown = { default_fallbacks: ['nowhere'] };
    expect(await api.patch(path, unknown)).toMatchObject(refused(400, 'invalid_parameter', 'fallbacks'));
  });

  it('[RT-017] locks an organisation to regions: no call leaves while none lies there', async () => {
    const api = await organisation();
    const locked = await api.patch('/v1/routing/settings', { residency_regions: ['eu'] });
    expect(locked.body).toMatchObject({ effective: { residency_regions: ['eu'] } });
    await waitFor(async () => (await call(api)).status === 403, { timeoutMs: 20_000 });
    const before = provider.counts.requests;
    expect(await call(api)).toMatchObject({ status: 403, body: { error: { code: 'region_not_allowed' } } });
    expect(provider.counts.requests).toBe(before);
    await api.patch('/v1/routing/settings', { residency_regions: null });
    await untilServedBy(api, 'sim-large');
  });

  it('[RT-006] restricts regions by the country that a trusted proxy names', async () => {
    const api = await organisation();
    await api.patch('/v1/routing/settings', { geo_rules: [{ countries: ['DE'], regions: ['eu'] }] });
    await waitFor(async () => (await call(api, {}, { 'x-country': 'DE' })).status === 403, { timeoutMs: 20_000 });
    expect(await call(api, {}, { 'x-country': 'US' })).toMatchObject({ status: 200 });
    expect(await call(api)).toMatchObject({ status: 200 });
  });

  it('[EX-001][EX-003][EX-005] compares two models, promotes the cheaper one by itself, and takes it back', async () => {
    const api = await organisation();
    const variants = [
      { name: 'as it is', model: 'large', percentage: 60 },
      { name: 'cheap', model: 'small', percentage: 50 },
    ];
    const draft = { name: 'cheaper', model_group: 'large', unit: 'request', target_metric: 'cost', sample_min: 30 };
    const uneven = await api.post('/v1/experiments', { ...draft, variants });
    expect(uneven).toMatchObject(refused(400, 'invalid_parameter', 'variants'));
    expect(uneven.text).toContain('must have 100 together; these have 110');
    variants[0]!.percentage = 50;
    const prompts = variants.map(({ name, percentage }) => ({ name, percentage, prompt_version: '3' }));
    const versions = await api.post('/v1/experiments', { ...draft, variants: prompts });
    expect(versions).toMatchObject(refused(400, 'unsupported_parameter', 'variants.0.prompt_version'));

    const autoPromote = { min_delta: 0.2, significance: 0.01 };
    const { id } = await make(api, '/v1/experiments', { ...draft, variants, auto_promote: autoPromote });
    const path = `/v1/experiments/${String(id)}`;
    expect(await api.post(`${path}/pause`, {})).toMatchObject({ status: 409 });
    await step(api, `${path}/start`);
    await untilServedBy(api, 'sim-small');
    await Promise.all(Array.from({ length: 100 }, () => call(api)));
    const concluded = await waitFor(
      async () => {
        const { body } = await api.get(path);
        return body.state === 'concluded' && body;
      },
      { timeoutMs: 40_000 },
    );
    expect(concluded).toMatchObject({
      winner: 'cheap',
      promoted_rule_id: expect.any(String),
      auto_promote: autoPromote,
    });

    const results = expectStatus(await api.get(`${path}/results`), 200).body;
    expect(results.verdict).toMatchObject({ outcome: 'winner', best: 'cheap', comparisons: [{ variant: 'as it is' }] });
    const { data: rows } = expectStatus(await api.get('/v1/requests?limit=500'), 200).body;
    for (const [index, model] of ['sim-large', 'sim-small'].entries()) {
      const served = rows.filter((row: { model: string }) => row.model === model);
      // Some of the calls before the experiment reached the gateways are of no variant.
      expect(results.variants[index].calls).toBeGreaterThanOrEqual(30);
      expect(results.variants[index].calls).toBeLessThanOrEqual(served.length);
      expect(results.variants[index]).toMatchObject({ errors: 0, error_rate: 0, mean_cost_usd: served[0].cost_usd });
    }
    await waitFor(async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => call(api)));
      return answers.every(({ body }) => body.model === 'sim-small');
    });
    expect(await step(api, `${path}/revert`)).toMatchObject({ promoted_rule_id: null });
    await untilServedBy(api, 'sim-large');
    const audited = await waitFor(async () => {
      const { data } = expectStatus(await api.get(`/v1/audit?target_id=${String(id)}`), 200).body;
      return data.length === 4 && data;
    });
    expect(audited.map(({ action }: { action: string }) => action)).toEqual([
      'experiment.revert',
      'experiment.promote',
      'experiment.start',
      'experiment.create',
    ]);
    expect(audited[1]).toMatchObject({ actor_id: 'system', metadata: { variant: 'cheap' } });
  });
});
