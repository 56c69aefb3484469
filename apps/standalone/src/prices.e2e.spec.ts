import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRows, spentBy } from './testing/tenants.js';

jest.setTimeout(90_000);

const messages = [{ role: 'user' as const, content: 'How much?' }];
const shortly = { timeoutMs: 15_000, intervalMs: 50 };

describe.each(modes)('prices, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;

  beforeAll(async () => {
    provider = await startSimulator();
    const baseUrl = `${provider.url}/v1`;
    models = await ModelFile.create(['flat', 'tiered', 'imported', 'unpriced'].map((name) => ({ name, baseUrl })));
    platform = await startPlatform(mode, { AO_CONFIG: models.path, LOG_LEVEL: 'warn' });
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  const costOf = async (model: string, more: object = {}): Promise<string | null> => {
    const { api } = await createTenant(platform.admin, '100');
    return (await api.chat({ model, messages, max_tokens: 100, ...more })).headers.get('x-ao-cost-usd');
  };

  it('[BX-012] refuses an unpriced model for who must pay, naming the settings, until it has a flat cost or is free', async () => {
    const { api } = await createTenant(platform.admin, '1');
    const refused = await api.chat({ model: 'unpriced', messages });
    expect(refused).toMatchObject({ status: 402, body: { error: { code: 'price_missing' } } });
    expect(refused.body.error.message).toMatch(/POST \/v1\/prices.*per_call_usd.*"free": true/);
    expect(provider.counts.requests).toBe(0);
    provider.setDefaults('input_tokens=1000&output_tokens=100');
    expectStatus(await platform.admin.post('/v1/prices', { model: 'flat', per_call_usd: '0.005' }), 201);
    await waitFor(async () => (await costOf('flat')) === '0.005', shortly);
    const paid = await createTenant(platform.admin, '0.006');
    expect((await paid.api.chat({ model: 'flat', messages })).headers.get('x-ao-cost-usd')).toBe('0.005');
    await waitFor(async () => (await spentBy(paid.api)) === 5_000_000n, shortly);
    expect((await paid.api.chat({ model: 'flat', messages })).status).toBe(402);
    expect((await requestRows(paid.api, 1))[0]).toMatchObject({ cost_usd: '0.005', usage: { calls: 1 } });
    expectStatus(await platform.admin.post('/v1/prices', { model: 'unpriced', free: true }), 201);
    await waitFor(async () => (await costOf('unpriced')) === '0', shortly);
  });

  it('[BX-011] reserves for the service that is asked for and charges the one that it got', async () => {
    const tiers = [{ service_tier: 'priority', output_usd_per_million: '10000' }];
    const price = { model: 'tiered', input_usd_per_million: '0', output_usd_per_million: '1000', tiers };
    const made = expectStatus(await platform.admin.post('/v1/prices', price), 201);
    expect(made.body).toMatchObject({
      output_usd_per_million: '1000',
      per_call_usd: null,
      tiers: [{ service_tier: 'priority', prompt_tokens_above: 0, output_usd_per_million: '10000' }],
    });
    provider.setDefaults('output_tokens=10');
    await waitFor(async () => (await costOf('tiered')) === '0.01', shortly);
    // The provider serves all as usual.
    expect(await costOf('tiered', { service_tier: 'priority' })).toBe('0.01');
    const { api } = await createTenant(platform.admin, '0.5');
    const body = { model: 'tiered', messages, max_tokens: 100 };
    expect((await api.chat({ ...body, service_tier: 'priority' })).body.error.code).toBe('wallet_exhausted');
    expect((await api.chat({ ...body, service_tier: 'flex' })).status).toBe(200);
  });

  it('[BX-008] [BX-011] imports LiteLLM’s price table, larger than other bodies may be, and bills by it at once', async () => {
    const entry = {
      litellm_provider: 'openai',
      mode: 'chat',
      output_cost_per_token: 0.00002,
      input_cost_per_token: 0.00001,
    };
    const others = Array.from({ length: 3_000 }, (_, index) => [
      `made-up-${index}`,
      { ...entry, input_cost_per_token: 0.00001 * (index + 1), note: 'x'.repeat(400) },
    ]);
    const table = { imported: entry, nonsense: { input_cost_per_token: 'much' }, ...Object.fromEntries(others) };
    const path = '/v1/prices/import';
    const dry = expectStatus(await platform.admin.post(`${path}?dry_run=true`, table), 200);
    expect(dry.body).toMatchObject({ dry_run: true, added: 3_001, changed: 0, unchanged: 0, skipped: 1 });
    expect(dry.body.skipped_entries).toEqual([{ name: 'nonsense', reason: 'input_cost_per_token is no price' }]);
    expectStatus(await platform.admin.post(path, table), 200);
    provider.setDefaults('input_tokens=100&output_tokens=100');
    await waitFor(async () => (await costOf('imported')) === '0.003', shortly);
    expect((await platform.admin.post(path, table)).body).toMatchObject({ added: 0, changed: 0, unchanged: 3_001 });
    const viewer = await createTenant(platform.admin, '1', { role: 'viewer' });
    expect((await viewer.api.post(path, table)).status).toBe(403);
    expect((await platform.admin.post(path, '{')).body.error.code).toBe('invalid_json');
    expect((await platform.admin.post(path, '')).body.error.code).toBe('missing_required_parameter');
  });

  it('[BX-011] says what is wrong with a price', async () => {
    const refusal = async (price: object): Promise<string> => {
      const { status, body } = await platform.admin.post('/v1/prices', { model: 'm', ...price });
      return `${status} ${body.error.param}`;
    };
    expect(await refusal({})).toBe('400 free');
    expect(await refusal({ per_call_usd: '-1' })).toBe('400 per_call_usd');
    expect(await refusal({ per_call_usd: '0.0000000000001' })).toBe('400 per_call_usd');
    expect(await refusal({ per_call_usd: '1', tiers: [{}] })).toBe('400 tiers[0]');
    expect(await refusal({ per_call_usd: '1', tiers: [{ service_tier: 'Fast Lane' }] })).toBe(
      '400 tiers.0.service_tier',
    );
    expect(await refusal({ per_call_usd: '1', tiers: [{ service_tier: 'x', input_usd_per_million: 'y' }] })).toBe(
      '400 tiers.0.input_usd_per_million',
    );
  });
});
