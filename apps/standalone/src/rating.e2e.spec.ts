import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { openDatabase, type Database } from '@ao/database';
import { parseUsd } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { createTestDatabase, waitFor } from '@ao/testing';
import type { ApiClient } from './testing/api-client.js';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRow, requestRows, spentBy } from './testing/tenants.js';
import { startWebhookReceiver } from './testing/webhook-receiver.js';

jest.setTimeout(120_000);

const messages = [{ role: 'user' as const, content: 'How much?' }];
const CALLS_TIMED = 40;
const LOCK_TIMEOUT_MS = 60_000;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe.each(modes)('what calls cost, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let database: Database;
  let dropDatabase: () => Promise<void>;

  beforeAll(async () => {
    provider = await startSimulator();
    const baseUrl = `${provider.url}/v1`;
    models = await ModelFile.create([
      { name: 'gratis', model: 'sim-gratis', baseUrl },
      { name: 'mispriced', model: 'sim-mispriced', baseUrl },
      { name: 'chat', model: 'sim-chat', baseUrl, inputCost: 0.000001, outputCost: 0.000001 },
    ]);
    // Of our own in both modes, so that the test can make it slow.
    const own = await createTestDatabase();
    dropDatabase = own.drop;
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      DATABASE_URL: own.url,
      AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
      ALLOW_PRIVATE_WEBHOOK_URLS: 'true',
      LOG_LEVEL: 'warn',
    });
    database = openDatabase({
      url: own.url,
      schema: 'metering',
      poolSizeMax: 1,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: LOCK_TIMEOUT_MS,
    });
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    await platform?.stop();
    await database?.close();
    await Promise.all([provider?.stop(), models?.remove(), dropDatabase?.()]);
  });

  const setPrice = async (price: object): Promise<Record<string, any>> =>
    expectStatus(await platform.admin.post('/v1/prices', price), 201).body;
  const call = async (api: ApiClient, model: string): Promise<Record<string, any>> => {
    const requestId = randomUUID();
    expectStatus(await api.chat({ model, messages, max_tokens: 200 }, { 'x-request-id': requestId }), 200);
    return requestRow(api, requestId);
  };
  const costOfModel = async (model: string, from: string): Promise<string | undefined> => {
    const to = new Date(Date.now() + 60_000).toISOString();
    const { body } = await platform.admin.post('/v1/analytics/cost', { from, to, group_by: 'model' });
    return body.data?.find(({ group }: { group: string }) => group === model)?.cost_usd;
  };

  it('[MT-010] logs a call to a free model with its tokens and cost 0, and posts nothing to an empty wallet', async () => {
    await setPrice({ model: 'sim-gratis', input_usd_per_million: '1', output_usd_per_million: '1', free: true });
    const { api, walletId } = await createTenant(platform.admin, '0');
    provider.setDefaults('input_tokens=12&output_tokens=34');
    await waitFor(async () => (await api.chat({ model: 'gratis', messages, max_tokens: 200 })).status === 200, {
      timeoutMs: 10_000,
    });
    const row = await call(api, 'gratis');
    expect(row).toMatchObject({ cost_usd: '0', cost_basis: 'price', charges: [] });
    expect(row['usage']).toMatchObject({ input_tokens: 12, output_tokens: 34 });
    // A paid call that comes after would be posted after: when that one is refused, nothing can have been posted.
    expect((await api.chat({ model: 'chat', messages })).status).toBe(402);
    const balance = (await platform.admin.get(`/v1/wallets/${walletId}/balance`)).body;
    expect(balance).toMatchObject({ spent_usd: '0', held_usd: '0' });
  });

  it('[BX-010] [MT-012] corrects a period after a price fix, in the log, the ledger and the reports, and shows how a cost comes about', async () => {
    const effective = { effective_from: new Date(Date.now() - 60_000).toISOString() };
    const price = { model: 'sim-mispriced', output_usd_per_million: '0', ...effective };
    const wrong = await setPrice({ ...price, input_usd_per_million: '25' });
    const { api } = await createTenant(platform.admin, '1');
    provider.setDefaults('input_tokens=1000&output_tokens=1');
    await waitFor(async () => (await api.chat({ model: 'mispriced', messages }, { 'x-dry-run': '1' })).status === 200);
    const row = await call(api, 'mispriced');
    expect(row['cost_usd']).toBe('0.025');
    await waitFor(async () => (await spentBy(api)) === parseUsd('0.025'), { timeoutMs: 10_000, intervalMs: 50 });
    const fixed = await setPrice({ ...price, input_usd_per_million: '2.5' });
    const period = { from: effective.effective_from, to: new Date().toISOString(), model: 'sim-mispriced' };
    const begun = expectStatus(
      await platform.admin.post('/v1/reratings', { ...period, reason: 'A factor of ten.' }),
      202,
    ).body;
    const done = await waitFor(
      async () => {
        const { body } = await platform.admin.get(`/v1/reratings/${begun.id}`);
        return body.state === 'done' ? body : null;
      },
      { timeoutMs: 10_000, intervalMs: 50 },
    );
    expect(done).toMatchObject({ scanned: 1, changed: 1, unpriced: 0, difference_usd: '-0.0225', dry_run: false });
    const detail = expectStatus(await api.get(`/v1/requests/${row['id']}`), 200).body;
    expect(detail).toMatchObject({
      cost_usd: '0.0025',
      original_cost_usd: '0.025',
      price_id: fixed['id'],
      decision: { candidates: [{ deployment_id: expect.any(String), dropped: null }] },
      cost_details: [
        {
          model: 'sim-mispriced',
          price: { id: fixed['id'], source: fixed['source'], effective_from: fixed['effective_from'] },
          lines: [
            { bucket: 'input_tokens', count: 1_000, usd_per_million: '2.5', amount_usd: '0.0025' },
            { bucket: 'output_tokens', count: 1, usd_per_million: '0', amount_usd: '0' },
          ],
          rounding_usd: '0',
          cost_usd: '0.0025',
        },
      ],
      adjustments: [
        { rerating_id: begun.id, difference_usd: '-0.0225', cost_usd: '0.0025', reason: 'A factor of ten.' },
      ],
    });
    expect(wrong['id']).not.toBe(fixed['id']);
    await waitFor(async () => (await spentBy(api)) === parseUsd('0.0025'), { timeoutMs: 10_000, intervalMs: 50 });
    await waitFor(async () => (await costOfModel('sim-mispriced', period.from)) === '0.0025', { timeoutMs: 20_000 });
    expect((await api.post('/v1/reratings', { ...period, reason: 'mine' })).status).toBe(403);
  });

  it('[MT-011] takes an invoice as CSV, lists the model that is 5% higher, and raises an alert', async () => {
    const receiver = await startWebhookReceiver([]);
    try {
      const { api } = await createTenant(platform.admin, '1');
      const hook = { name: 'gaps', url: receiver.url, alert_types: ['reconciliation_gap'] };
      const channel = expectStatus(await platform.admin.post('/v1/alerts/channels', hook), 201).body;
      provider.setDefaults('input_tokens=50000&output_tokens=50000');
      const { provider: name } = await call(api, 'chat');
      const month = new Date().toISOString().slice(0, 7);
      const ours = expectStatus(await platform.admin.get(`/v1/requests?model=sim-chat`), 200).body.data as {
        cost_usd: string;
      }[];
      expect(ours.map(({ cost_usd: cost }) => cost)).toEqual(['0.1']);
      const upload = `/v1/reconciliation/invoices?provider=${name as string}&month=${month}`;
      const csv = 'Model,Cost (USD)\nsim-chat,"$0.105"\n';
      const taken = await platform.admin.post(upload, csv, { 'content-type': 'text/csv; charset=utf-8' });
      const line = {
        model: 'sim-chat',
        state: 'over',
        ours_usd: '0.1',
        invoiced_usd: '0.105',
        difference_percent: '5',
      };
      const [report] = expectStatus(taken, 200).body.data;
      expect(report).toMatchObject({ month, provider: name, tolerance_percent: '2', log_complete: false });
      expect(report.lines).toContainEqual(expect.objectContaining(line));
      const shown = expectStatus(
        await platform.admin.get(`/v1/reconciliation/${month}?provider=${name as string}`),
        200,
      );
      expect(shown.body.data[0].lines).toEqual(report.lines);
      await waitFor(() => receiver.received.length > 0, { timeoutMs: 20_000, description: 'the alert' });
      expect(receiver.received[0]!.body).toMatchObject({ type: 'reconciliation_gap', provider: name, month });
      expectStatus(await platform.admin.delete(`/v1/alerts/channels/${channel.id}`), 200);

      expect(await platform.admin.post(upload, csv)).toMatchObject({
        status: 415,
        body: { error: { code: 'unsupported_media_type', message: expect.stringContaining('text/csv') } },
      });
      const csvElsewhere = await platform.admin.post('/v1/prices', csv, { 'content-type': 'text/csv' });
      expect(csvElsewhere.status).toBe(415);
      const tooLong = await platform.admin.post(upload, `model,amount\n${'m,1\n'.repeat(130_000)}`, {
        'content-type': 'text/csv',
      });
      expect(tooLong).toMatchObject({ status: 413, body: { error: { code: 'payload_too_large' } } });
    } finally {
      await receiver.stop();
    }
  });

  it('[MT-008] answers as fast as ever while the request log stands still, and logs every call afterwards', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.setDefaults('input_tokens=5&output_tokens=5');
    const timed = async (): Promise<number[]> => {
      const durations: number[] = [];
      for (let index = 0; index < CALLS_TIMED; index += 1) {
        const startedMs = performance.now();
        expectStatus(await api.chat({ model: 'chat', messages, max_tokens: 10 }), 200);
        durations.push(performance.now() - startedMs);
      }
      return durations;
    };
    await timed();
    const usual = await timed();
    await requestRows(api, 2 * CALLS_TIMED);
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN; LOCK TABLE request_log IN ACCESS EXCLUSIVE MODE');
      const slow = await timed();
      const count =
        'SELECT count(*)::int AS count FROM request_log WHERE key_id = (SELECT key_id FROM request_log WHERE org_id = $1 ORDER BY started_at DESC LIMIT 1)';
      // All were answered, none is logged: no answer waits for its row.
      expect((await client.query<{ count: number }>(count, ['org_default'])).rows[0]?.count).toBe(2 * CALLS_TIMED);
      expect(median(slow)).toBeLessThan(3 * median(usual) + 20);
    } finally {
      await client.query('COMMIT');
      client.release();
    }
    const rows = await requestRows(api, 3 * CALLS_TIMED, 40_000);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3 * CALLS_TIMED);
  });
});
