import { jest } from '@jest/globals';
import { parseUsd } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus } from './testing/tenants.js';

jest.setTimeout(90_000);

const messages = [{ role: 'user' as const, content: 'How much?' }];

describe.each(modes)('budgets of every scope, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;

  beforeAll(async () => {
    provider = await startSimulator();
    const baseUrl = `${provider.url}/v1`;
    models = await ModelFile.create([
      { name: 'dear', model: 'sim-dear', baseUrl, inputCost: 0, outputCost: 0.001 },
      { name: 'other', model: 'sim-other', baseUrl, inputCost: 0, outputCost: 0.001 },
    ]);
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
      LEASE_IDLE_MS: '500',
      LOG_LEVEL: 'warn',
    });
    provider.setDefaults('output_tokens=100&input_tokens=1');
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  /** Each call costs 0.10. */
  const body = (model: string) => ({ model, messages, max_tokens: 100 });
  const createBudget = async (scope: object, limitUsd: string): Promise<string> => {
    const budget = { name: JSON.stringify(scope), scope, limit_usd: limitUsd };
    return expectStatus(await platform.admin.post('/v1/wallets', budget), 201).body.id;
  };
  const spentOf = async (walletId: string): Promise<bigint> =>
    parseUsd((await platform.admin.get(`/v1/wallets/${walletId}/balance`)).body.spent_usd);

  it('[RL-008] refuses the next call on a model whose budget of the key is spent, and no other model', async () => {
    const model_max_budget = { dear: { budget_limit: 0.2, time_period: '1d' } };
    const { api } = await createTenant(platform.admin, '5', { model_max_budget });
    for (let call = 0; call < 2; call += 1) expect((await api.chat(body('dear'))).status).toBe(200);
    expect(await api.chat(body('dear'))).toMatchObject({
      status: 402,
      body: { error: { code: 'budget_exceeded', type: 'insufficient_quota', shortfall_usd: '0.1' } },
    });
    expect((await api.chat(body('other'))).status).toBe(200);
  });

  it('[BX-018] charges one call to five scopes, and the tightest refuses', async () => {
    const { api, keyId, walletId } = await createTenant(platform.admin, '5');
    const session = `session-${keyId}`;
    const budgets = [
      await createBudget({ key: keyId }, '4'),
      await createBudget({ tag: keyId }, '3'),
      await createBudget({ end_user: '*' }, '2'),
      await createBudget({ session }, '0.1'),
      await createBudget({ key: keyId, provider: 'openai' }, '1'),
    ];
    const headers = { 'x-ao-session-id': session, 'x-ao-tags': `a, ${keyId}`, 'x-litellm-end-user-id': 'ann' };
    const cost = parseUsd('0.1');
    expect((await api.chat(body('dear'), headers)).status).toBe(200);
    await waitFor(async () => (await spentOf(budgets[3]!)) === cost, { timeoutMs: 10_000 });
    const { data } = (await platform.admin.get(`/v1/wallets?template_id=${budgets[2]}`)).body;
    expect(data).toMatchObject([{ scope: { end_user: 'ann' }, template_values: ['ann'], limit_usd: '2' }]);
    for (const id of [walletId, budgets[0]!, budgets[1]!, data[0].id, budgets[3]!, budgets[4]!]) {
      expect(await spentOf(id)).toBe(cost);
    }
    expect(await api.chat(body('dear'), headers)).toMatchObject({
      status: 402,
      body: { error: { code: 'budget_exceeded', wallet_id: budgets[3] } },
    });
    expect((await api.chat(body('dear'), { ...headers, 'x-ao-session-id': 'another' })).status).toBe(200);
    for (const id of budgets) expectStatus(await platform.admin.delete(`/v1/wallets/${id}`), 200);
    expect((await api.chat(body('dear'), headers)).status).toBe(200);
  });
});
