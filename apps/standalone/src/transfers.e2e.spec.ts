import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import type { ApiClient } from './testing/api-client.js';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRow, signUp } from './testing/tenants.js';
import { startWebhookReceiver } from './testing/webhook-receiver.js';

jest.setTimeout(90_000);

const messages = [{ role: 'user' as const, content: 'May I?' }];

describe.each(modes)('transfers and cost centers, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;

  beforeAll(async () => {
    provider = await startSimulator();
    const dear = { name: 'dear', model: 'sim-dear', baseUrl: `${provider.url}/v1`, inputCost: 0, outputCost: 0.001 };
    models = await ModelFile.create([dear]);
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      SIGN_UP_ENABLED: 'true',
      AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
      ALLOW_PRIVATE_WEBHOOK_URLS: 'true',
      LOG_LEVEL: 'warn',
    });
    provider.setDefaults('input_tokens=1&output_tokens=10');
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  /** Ten output tokens: one cent. */
  const call = async (api: ApiClient): Promise<{ status: number; requestId: string }> => {
    const requestId = randomUUID();
    const { status } = await api.chat({ model: 'dear', messages, max_tokens: 10 }, { 'x-request-id': requestId });
    return { status, requestId };
  };
  const availableOf = async (walletId: string): Promise<unknown> =>
    expectStatus(await platform.admin.get(`/v1/wallets/${walletId}/balance`), 200).body.available_usd;

  it('[WL-013] [WL-014] lets a developer ask, another key of an admin approve, and the call pass that was refused', async () => {
    const receiver = await startWebhookReceiver();
    try {
      const rich = await createTenant(platform.admin, '5');
      const developer = await createTenant(platform.admin, '0');
      const channel = { name: 'hook', url: receiver.url, alert_types: ['transfer_requested', 'transfer_decided'] };
      expectStatus(await platform.admin.post('/v1/alerts/channels', channel), 201);
      expect((await call(developer.api)).status).toBe(402);

      const wish = {
        from_wallet_id: rich.walletId,
        to_wallet_id: developer.walletId,
        amount_usd: '2.5',
        reason: 'Demo',
      };
      const once = { 'idempotency-key': randomUUID() };
      const asked = expectStatus(await developer.api.post('/v1/wallet/transfers', wish, once), 201).body;
      expect(asked).toMatchObject({ ...wish, state: 'pending', requested_by: developer.keyId, decided_by: null });
      expect((await developer.api.post('/v1/wallet/transfers', wish, once)).body.id).toBe(asked.id);
      const path = `/v1/wallet/transfers/${asked.id}`;
      expect((await developer.api.post(`${path}/approve`, {})).status).toBe(403);
      expect((await rich.api.get(path)).status).toBe(404);
      const pending = `/v1/wallet/transfers?state=pending&wallet_id=${rich.walletId}`;
      expect((await platform.admin.get(pending)).body).toEqual({ data: [asked], next_cursor: null });

      expect(expectStatus(await platform.admin.post(`${path}/approve`, {}), 200).body.state).toBe('approved');
      expect([await availableOf(rich.walletId), await availableOf(developer.walletId)]).toEqual(['2.5', '2.5']);
      expect((await platform.admin.post(`${path}/approve`, {})).status).toBe(409);
      expect((await developer.api.post(`${path}/cancel`, {})).status).toBe(409);
      await waitFor(async () => (await call(developer.api)).status === 200, { timeoutMs: 10_000 });
      expect((await developer.api.get('/v1/wallet/balance')).body).toMatchObject({
        limit_usd: '0',
        transferred_in_usd: '2.5',
        transferred_out_usd: '0',
      });

      await waitFor(() => receiver.received.length >= 2, { timeoutMs: 15_000, description: 'two webhooks' });
      expect(receiver.received.map(({ body }) => [body['type'], body['transfer_id'], body['state']])).toEqual([
        ['transfer_requested', asked.id, 'pending'],
        ['transfer_decided', asked.id, 'approved'],
      ]);
      const audit = (await platform.admin.get(`/v1/audit?target_id=${asked.id}`)).body.data;
      expect(audit.map((entry: { action: string }) => entry.action)).toEqual(['transfer.approve', 'transfer.request']);
    } finally {
      await receiver.stop();
    }
  });

  it('[WL-014] refuses an admin who asked himself with 403, and what the source has not with 402 and the shortfall', async () => {
    const poor = await createTenant(platform.admin, '1');
    const other = await createTenant(platform.admin, '1', { role: 'admin' });
    const wish = { from_wallet_id: poor.walletId, to_wallet_id: other.walletId, amount_usd: '1.5' };
    const own = expectStatus(await platform.admin.post('/v1/wallet/transfers', wish), 201).body;
    expect((await platform.admin.post(`/v1/wallet/transfers/${own.id}/approve`, {})).status).toBe(403);
    const short = await other.api.post(`/v1/wallet/transfers/${own.id}/approve`, {});
    expect(short).toMatchObject({
      status: 402,
      body: { error: { code: 'wallet_exhausted', wallet_id: poor.walletId, shortfall_usd: '0.5' } },
    });
    const rejected = await other.api.post(`/v1/wallet/transfers/${own.id}/reject`, { reason: 'Too much' });
    expect(rejected).toMatchObject({ status: 200, body: { state: 'rejected', decision_reason: 'Too much' } });
    const stranger = await signUp(platform.admin);
    expect((await stranger.api.get(`/v1/wallet/transfers/${own.id}`)).status).toBe(404);
    expect((await stranger.api.post(`/v1/wallet/transfers/${own.id}/approve`, {})).status).toBe(404);
  });

  it('[WL-006] shows the key of a member no balance but those of the wallets that pay for it', async () => {
    const [mine, theirs] = [await createTenant(platform.admin, '1'), await createTenant(platform.admin, '1')];
    expect((await mine.api.get('/v1/wallet/balance')).status).toBe(200);
    expect((await mine.api.get(`/v1/wallets/${mine.walletId}/balance`)).status).toBe(200);
    expect((await mine.api.get(`/v1/wallets/${theirs.walletId}/balance`)).status).toBe(403);
  });

  it('[WL-016] finds calls and costs by the cost center of that time, also after the wallet has another one', async () => {
    const { api, walletId } = await createTenant(platform.admin, '1');
    const costCenter = `cc-${randomUUID()}`;
    expectStatus(await platform.admin.patch(`/v1/wallets/${walletId}`, { cost_center: costCenter }), 200);
    const { status, requestId } = await call(api);
    expect(status).toBe(200);
    expect(await requestRow(api, requestId)).toMatchObject({ cost_center: costCenter });
    expectStatus(await platform.admin.patch(`/v1/wallets/${walletId}`, { cost_center: 'another' }), 200);
    const found = expectStatus(await platform.admin.get(`/v1/requests?cost_center=${costCenter}`), 200).body.data;
    expect(found.map((row: { request_id: string }) => row.request_id)).toEqual([requestId]);
    const none = await platform.admin.get('/v1/requests?cost_center=cc-of-nobody');
    expect(none).toMatchObject({ status: 200, body: { data: [] } });
    const range = {
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const report = await waitFor(
      async () => {
        const answer = await platform.admin.post('/v1/analytics/cost', { ...range, group_by: 'cost_center' });
        return expectStatus(answer, 200).body.data.find((row: { group: string }) => row.group === costCenter);
      },
      { timeoutMs: 15_000, description: 'the cost in the warehouse' },
    );
    expect(report).toMatchObject({ cost_usd: '0.01', requests: 1 });
    const only = { ...range, group_by: 'model', cost_center: costCenter };
    expect((await platform.admin.post('/v1/analytics/cost', only)).body).toMatchObject({ total_usd: '0.01' });
  });
});
