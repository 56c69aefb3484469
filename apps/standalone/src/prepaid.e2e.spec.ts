import { jest } from '@jest/globals';
import { parseUsd } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import type { ApiAnswer, ApiClient } from './testing/api-client.js';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRows, signUp, sumUsd } from './testing/tenants.js';
import { isSigned, startWebhookReceiver } from './testing/webhook-receiver.js';

jest.setTimeout(90_000);

const DAY_MS = 86_400_000;
const messages = [{ role: 'user' as const, content: 'How much?' }];

describe.each(modes)('prepaid wallets and chargeback, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;

  beforeAll(async () => {
    provider = await startSimulator();
    const baseUrl = `${provider.url}/v1`;
    models = await ModelFile.create([
      { name: 'dear', model: 'sim-dear', baseUrl, inputCost: 0, outputCost: 0.001 },
      { name: 'other', model: 'sim-other', baseUrl, inputCost: 0, outputCost: 0.002 },
    ]);
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      SIGN_UP_ENABLED: 'true',
      AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
      ALLOW_PRIVATE_WEBHOOK_URLS: 'true',
      LEASE_IDLE_MS: '500',
      LOG_LEVEL: 'warn',
    });
    provider.setDefaults('output_tokens=100&input_tokens=1');
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  /** Costs 0.10 with `dear`, 0.20 with `other`. */
  const body = (model: string) => ({ model, messages, max_tokens: 100 });
  const key = (text: string) => ({ 'idempotency-key': text });
  const range = `from=${new Date(Date.now() - DAY_MS).toISOString()}&to=${new Date(Date.now() + DAY_MS).toISOString()}`;

  async function createCustomer(admin: ApiClient, wallet: object = {}): Promise<{ api: ApiClient; walletId: string }> {
    const settings = { name: 'Customer', kind: 'prepaid', ...wallet };
    const { id } = expectStatus(await admin.post('/v1/wallets', settings), 201).body;
    const made = expectStatus(await admin.post('/v1/keys', { name: 'customer', wallet_id: id }), 201).body;
    return { api: admin.as(made.key), walletId: id };
  }

  it('[BX-019] spends what was topped up once, asks for more once, and refuses without', async () => {
    const { admin } = platform;
    const receiver = await startWebhookReceiver();
    const channel = { name: 'payer', url: receiver.url, alert_types: ['auto_top_up'] };
    const { secret } = expectStatus(await admin.post('/v1/alerts/channels', channel), 201).body;
    const autoTopUp = { below_usd: '0.05', amount_usd: '1' };
    const { api, walletId } = await createCustomer(admin, { auto_top_up: autoTopUp });
    expect((await api.chat(body('dear'))).status).toBe(402);
    const path = `/v1/wallets/${walletId}/top-ups`;
    const requested = await waitFor(() => receiver.received[0], { timeoutMs: 10_000 });
    expect(isSigned(requested, secret)).toBe(true);
    const { top_up_request_id: request, amount_usd } = requested.body as Record<string, string>;
    expect(amount_usd).toBe('1');

    const paid = await Promise.all([1, 2, 3].map(() => admin.post(path, { amount_usd: '0.25' }, key(request!))));
    for (const answer of paid) expect(expectStatus(answer, 201).body).toEqual(paid[0]!.body);
    expect((await admin.post(path, { amount_usd: '0.26' }, key(request!))).status).toBe(409);
    expect(await admin.post(path, { amount_usd: '1' })).toMatchObject({
      status: 400,
      body: { error: { code: 'missing_required_parameter', param: 'idempotency-key' } },
    });
    expect((await api.post(path, { amount_usd: '1' }, key('mine'))).status).toBe(403);
    expect((await api.get('/v1/wallet/balance')).body).toMatchObject({
      kind: 'prepaid',
      limit_usd: null,
      credited_usd: '0.25',
      available_usd: '0.25',
    });
    for (let call = 0; call < 2; call += 1) expect((await api.chat(body('dear'))).status).toBe(200);
    expect(await api.chat(body('dear'))).toMatchObject({
      status: 402,
      body: { error: { code: 'wallet_exhausted', wallet_id: walletId, shortfall_usd: '0.05' } },
    });
    const entries = await waitFor(async () => {
      const { data } = expectStatus(await admin.get(`/v1/wallets/${walletId}/entries`), 200).body;
      return data.length === 3 && data;
    });
    expect(sumUsd(entries.map((entry: { spent_usd: string }) => entry.spent_usd))).toBe(parseUsd('0.2'));
    expect((await admin.get(path)).body.data).toMatchObject([
      { amount_usd: '0.25', expired_usd: '0', unspent_usd: null },
    ]);
    await receiver.stop();
  });

  it('[WL-001] corrects a cost on the whole path by hand, once per key', async () => {
    const { admin } = platform;
    const parent = expectStatus(await admin.post('/v1/wallets', { name: 'Parent' }), 201).body.id;
    const child = expectStatus(await admin.post('/v1/wallets', { name: 'Child', parent_id: parent }), 201).body.id;
    const adjust = (amount_usd: string): Promise<ApiAnswer> =>
      admin.post(`/v1/wallets/${child}/adjustments`, { amount_usd, reason: 'An outage.' }, key('outage'));
    expect(expectStatus(await adjust('-1.5'), 201).body).toEqual(expectStatus(await adjust('-1.5'), 201).body);
    expect((await adjust('-2')).status).toBe(409);
    const { data } = (await admin.get(`/v1/wallets/${parent}/entries?kind=adjustment`)).body;
    expect(data).toMatchObject([{ spent_usd: '-1.5', amount_usd: '1.5', note: 'An outage.' }]);
  });

  it('[WL-012] exports a chargeback whose totals are those of the request log, as JSON and as CSV', async () => {
    const { api: admin } = await signUp(platform.admin);
    const wallet = { name: '=cmd|"calc"!A1, Ltd.', cost_center: 'cc-1', limit_usd: '9' };
    const parent = expectStatus(await admin.post('/v1/wallets', wallet), 201).body.id;
    const child = expectStatus(await admin.post('/v1/wallets', { name: 'Child', parent_id: parent }), 201).body.id;
    const team = expectStatus(await admin.post('/v1/teams', { name: 'Team', wallet_id: child }), 201).body.id;
    const made = await Promise.all(
      [{ wallet_id: parent }, { team_id: team }, {}].map((owner) => admin.post('/v1/keys', { name: 'key', ...owner })),
    );
    const apis = made.map((answer) => admin.as(expectStatus(answer, 201).body.key));
    const calls = apis.flatMap((api) => ['dear', 'dear', 'other'].map((model) => api.chat(body(model))));
    for (const answer of await Promise.all(calls)) expectStatus(answer, 200);
    const log = await requestRows(admin, 9);

    const { data, total_usd } = expectStatus(await admin.get(`/v1/wallets/export/chargeback?${range}`), 200).body;
    expect(parseUsd(total_usd)).toBe(sumUsd(log.map(({ cost_usd }) => cost_usd)));
    expect(sumUsd(data.map((row: { cost_usd: string }) => row.cost_usd))).toBe(parseUsd('1.2'));
    expect(data).toHaveLength(6);
    const ofTeam = expectStatus(await admin.get(`/v1/wallets/export/chargeback?${range}&team=${team}`), 200).body;
    expect(ofTeam).toMatchObject({
      total_usd: '0.4',
      data: [
        { team_id: team, wallet_id: child, wallet_name: 'Child', cost_center: 'cc-1', calls: 2, cost_usd: '0.2' },
        { model: expect.any(String), calls: 1, cost_usd: '0.2' },
      ],
    });
    const ofCenter = await admin.get(`/v1/wallets/export/chargeback?${range}&cost_center=cc-1`);
    expect(ofCenter.body.total_usd).toBe('0.8');

    const csv = expectStatus(await admin.get(`/v1/wallets/export/chargeback?${range}&format=csv`), 200);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="chargeback-[\d-]+\.csv"$/);
    const [heading, ...lines] = csv.text.trimEnd().split('\r\n');
    expect(heading).toBe('cost_center,team_id,wallet_id,wallet_name,provider,model,calls,cost_usd');
    expect(sumUsd(lines.map((line) => line.split(',').at(-1)!))).toBe(parseUsd('1.2'));
    expect(csv.text).toContain(`,"'=cmd|""calc""!A1, Ltd.",`);

    // Another organisation's figures are its own, and members have none.
    const stranger = await createTenant((await signUp(platform.admin)).api, '1');
    expect((await stranger.api.get(`/v1/wallets/export/chargeback?${range}`)).status).toBe(403);
    const elsewhere = (await signUp(platform.admin)).api;
    expect((await elsewhere.get(`/v1/wallets/export/chargeback?${range}`)).body).toMatchObject({
      data: [],
      total_usd: '0',
    });
    expect((await elsewhere.get(`/v1/wallets/${child}/entries`)).status).toBe(404);
    expect(
      (await elsewhere.post(`/v1/wallets/${child}/adjustments`, { amount_usd: '1', reason: 'x' }, key('x'))).status,
    ).toBe(404);
    expect((await admin.get('/v1/wallets/export/chargeback')).status).toBe(400);
  });
});
