import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { formatUsd, parseUsd } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import type { ApiClient } from './testing/api-client.js';
import { chunksOf } from './testing/event-stream.js';
import { ModelFile, type FileModel } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRow, requestRows, signUp, spentBy, sumUsd } from './testing/tenants.js';
import { isSigned, startWebhookReceiver } from './testing/webhook-receiver.js';

jest.setTimeout(90_000);

const messages = [{ role: 'user' as const, content: 'How much?' }];
/** Without a limit of its own a call reserves the longest answer of the model. */
const MAX_TOKENS = 200;
/** Pieces of four characters that are one token each. */
const TEN_TOKENS = ' one two six ten one two six ten one two';
const CALLS_MIXED = 200;
const CALLS_AT_ONCE = 20;

describe.each(modes)('money, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let fileModels: FileModel[];
  let platform: RunningPlatform;

  beforeAll(async () => {
    provider = await startSimulator();
    const baseUrl = `${provider.url}/v1`;
    fileModels = [
      {
        name: 'chat',
        model: 'gpt-4o-mini',
        baseUrl,
        inputCost: 0.000002,
        cachedInputCost: 0.0000005,
        outputCost: 0.000008,
      },
      { name: 'dear', model: 'sim-dear', baseUrl, inputCost: 0, outputCost: 0.001 },
      { name: 'repriced', model: 'sim-repriced', baseUrl, inputCost: 0.000001, outputCost: 0.000001 },
      { name: 'embedding', model: 'sim-embedding', baseUrl, inputCost: 0.0000001, outputCost: 0 },
    ];
    models = await ModelFile.create(fileModels);
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      SIGN_UP_ENABLED: 'true',
      AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
      ALLOW_PRIVATE_WEBHOOK_URLS: 'true',
      ALERT_RETRY_DELAY_FIRST_MS: '100',
      LEASE_IDLE_MS: '500',
      LOG_LEVEL: 'warn',
    });
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  /** The ledger follows the calls by a moment. */
  const expectSpent = (api: ApiClient, amount: bigint): Promise<unknown> =>
    waitFor(async () => (await spentBy(api)) === amount, {
      timeoutMs: 15_000,
      intervalMs: 50,
      description: `${formatUsd(amount)} spent`,
    });

  it('[WL-004] refuses a call that an empty wallet cannot pay with 402, before any provider', async () => {
    const empty = await createTenant(platform.admin, '0');
    const answer = await empty.api.chat({ model: 'chat', messages });
    expect(answer).toMatchObject({
      status: 402,
      body: { error: { code: 'wallet_exhausted', type: 'insufficient_quota', wallet_id: empty.walletId } },
    });
    expect(parseUsd(answer.body.error.shortfall_usd)).toBeGreaterThan(0n);
    expect(provider.counts.requests).toBe(0);
  });

  it('[MT-004] [MT-007] charges the exact cost, cached input at its own rate, and gives the rest of the hold back', async () => {
    const { api, walletId } = await createTenant(platform.admin, '1');
    provider.script('input_tokens=1000&cached_tokens=400&output_tokens=500');
    const requestId = randomUUID();
    const answer = await api.chat({ model: 'chat', messages, max_tokens: 600 }, { 'x-request-id': requestId });
    // 600 × 2 + 400 × 0.5 + 500 × 8 millionths of a dollar.
    expect(answer.headers.get('x-ao-cost-usd')).toBe('0.0054');
    expect(await requestRow(api, requestId)).toMatchObject({ cost_usd: '0.0054', partial: false, status: 200 });
    await expectSpent(api, parseUsd('0.0054'));
    await waitFor(async () => (await api.get('/v1/wallet/balance')).body.held_usd === '0', { timeoutMs: 10_000 });
    expect((await platform.admin.get(`/v1/wallets/${walletId}/balance`)).body).toMatchObject({
      limit_usd: '1',
      spent_usd: '0.0054',
      available_usd: '0.9946',
    });
  });

  it('[BX-009] says in the body what the call cost, where the request or the key asks for it', async () => {
    const { api } = await createTenant(platform.admin, '1');
    const { api: always } = await createTenant(platform.admin, '1', { include_cost: true });
    provider.setDefaults('input_tokens=1000&output_tokens=500');
    const body = { model: 'chat', messages, max_tokens: 600 };
    expect((await api.chat(body)).body.usage).not.toHaveProperty('cost');
    const asked = await api.chat({ ...body, usage: { include: true } });
    expect(asked.body.usage).toMatchObject({ prompt_tokens: 1_000, cost: 0.006 });
    expect(provider.requests.at(-1)?.body).not.toHaveProperty('usage');
    expect((await always.chat(body)).body.usage.cost).toBe(0.006);
    const stream = await always.stream(body);
    const chunks = chunksOf(await stream.all());
    expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(1);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 500, cost: 0.006 } });
    provider.setDefaults('usage=0');
    const counted = chunksOf(await (await always.stream({ ...body, model: 'dear' })).all());
    const usage = counted.at(-1)!.usage!;
    expect(usage['cost']).toBeCloseTo(usage['completion_tokens'] * 0.001, 9);
    await expectSpent(always, parseUsd('0.012') + parseUsd(String(usage['cost'])));
  });

  it('[MT-009] stops the provider when the caller leaves a stream, and bills the chunks that were sent', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.script({ behaviour: { text: TEN_TOKENS.repeat(5), fault: 'stall', afterTokens: 10 } });
    const requestId = randomUUID();
    const body = { model: 'chat', messages, max_tokens: MAX_TOKENS };
    const { prompt_tokens: promptTokens } = (await api.chat(body, { 'x-dry-run': 'true' })).body.estimate;
    const stream = await api.stream(body, { 'x-request-id': requestId });
    while (chunksOf(stream.events).filter((chunk) => chunk.choices[0]?.delta?.content).length < 10) await stream.next();
    expect(provider.counts.aborted).toBe(0);
    stream.leave();
    await waitFor(() => provider.requests[0]?.aborted);
    const cost = formatUsd(BigInt(promptTokens * 2_000 + 10 * 8_000));
    expect(await requestRow(api, requestId)).toMatchObject({
      partial: true,
      status: 499,
      usage_source: 'estimated',
      usage: { input_tokens: promptTokens, output_tokens: 10 },
      cost_usd: cost,
    });
    await expectSpent(api, parseUsd(cost));
  });

  it('[BX-003] cuts a stream that sets no limit when the wallet is dry, within the limit, and bills what was sent', async () => {
    const limit = '0.005';
    const { api, walletId } = await createTenant(platform.admin, limit);
    provider.script({ behaviour: { text: TEN_TOKENS.repeat(200), tokenIntervalMs: 1 } });
    const requestId = randomUUID();
    const body = { model: 'chat', messages };
    const dry = (await api.chat({ ...body, stream: true }, { 'x-dry-run': 'true' })).body.estimate;
    expect(parseUsd(dry.reserved_usd)).toBeGreaterThan(parseUsd(limit));
    expect(parseUsd(dry.cost_usd_max)).toBeGreaterThan(10n * parseUsd(dry.reserved_usd));
    // A plain answer could not be stopped in time.
    expect((await api.chat(body)).body.error.code).toBe('wallet_exhausted');

    const events = await (await api.stream(body, { 'x-request-id': requestId })).all();
    const chunks = chunksOf(events).filter((chunk) => chunk.choices?.[0]?.delta?.content);
    expect(chunks.length).toBeGreaterThan(300);
    expect(JSON.parse(events.at(-2)!)).toMatchObject({
      error: { code: 'wallet_exhausted', type: 'insufficient_quota', wallet_id: walletId },
    });
    expect(events.at(-1)).toBe('[DONE]');
    await waitFor(() => provider.requests[0]?.aborted);
    const row = await requestRow(api, requestId);
    expect(row).toMatchObject({
      status: 402,
      error_code: 'wallet_exhausted',
      partial: true,
      usage_source: 'estimated',
      usage: { output_tokens: chunks.length },
    });
    const cost = parseUsd(row['cost_usd']);
    expect(cost).toBeLessThanOrEqual(parseUsd(limit));
    await expectSpent(api, cost);
    // Nothing of what the stream had reserved and not used stays behind.
    await waitFor(async () => (await api.get('/v1/wallet/balance')).body.held_usd === '0', { timeoutMs: 10_000 });
  });

  it('[BX-003] [MT-005] reserves what a dry run says for a stream, and lets it grow as long as there is money', async () => {
    const { api, walletId } = await createTenant(platform.admin, '1');
    provider.script({ behaviour: { text: TEN_TOKENS.repeat(300) } });
    const requestId = randomUUID();
    const body = { model: 'chat', messages };
    const dry = (await api.chat({ ...body, stream: true }, { 'x-dry-run': 'true' })).body.estimate;
    expect(dry.reserved_output_tokens).toBe(1_024);
    const limited = (await api.chat({ ...body, max_tokens: 1_024 }, { 'x-dry-run': 'true' })).body.estimate;
    expect(limited.reserved_usd).toBe(limited.cost_usd_max);
    await (await api.stream(body, { 'x-request-id': requestId })).all();
    const row = await requestRow(api, requestId);
    expect(row).toMatchObject({ status: 200, partial: false, usage: { output_tokens: 3_000 } });
    const charges = row['charges'] as { wallet_id: string; reserved_usd: string }[];
    expect(charges.every(({ wallet_id: id }) => id === walletId)).toBe(true);
    expect(sumUsd(charges.map(({ reserved_usd: reserved }) => reserved))).toBeGreaterThanOrEqual(
      parseUsd(row['cost_usd']),
    );
    await expectSpent(api, parseUsd(row['cost_usd']));

    provider.script({ behaviour: { text: TEN_TOKENS } });
    const shortId = randomUUID();
    await (await api.stream(body, { 'x-request-id': shortId })).all();
    expect((await requestRow(api, shortId))['charges']).toEqual([
      { wallet_id: walletId, reserved_usd: dry.reserved_usd },
    ]);
  });

  it('[MT-008] [AN-001] balance, request log and analytics agree to the nano-dollar after 200 mixed calls', async () => {
    const startedAt = new Date(Date.now() - 60_000).toISOString();
    const { api } = await signUp(platform.admin);
    const plain = async (): Promise<unknown> => api.chat({ model: 'chat', messages, max_tokens: MAX_TOKENS });
    const streamed = async (): Promise<unknown> =>
      (await api.stream({ model: 'chat', messages, max_tokens: MAX_TOKENS })).all();
    const abandoned = async (): Promise<unknown> => {
      const stream = await api.stream({ model: 'chat', messages, max_tokens: MAX_TOKENS });
      await stream.next();
      await stream.next();
      return stream.leave();
    };
    const embedded = async (): Promise<unknown> =>
      api.post('/v1/embeddings', { model: 'embedding', input: ['a', 'bc'] });
    // What the provider does is drawn in the order of arrival: every figure and fault meets every kind of call.
    for (let index = 0; index < CALLS_MIXED; index += 1) {
      const figures = `input_tokens=${index + 1}&cached_tokens=${index % 7}&output_tokens=${3 + (index % 40)}`;
      const faults = ['', '', '', '&fault=500', '&fault=cut', '&usage=0', '&fault=429', '&split_bytes=7'];
      provider.script({ behaviour: `${figures}&token_interval_ms=1${faults[index % faults.length]}` });
    }
    const kinds = [plain, streamed, embedded, streamed, plain, abandoned];
    for (let first = 0; first < CALLS_MIXED; first += CALLS_AT_ONCE) {
      await Promise.all(Array.from({ length: CALLS_AT_ONCE }, (_, index) => kinds[(first + index) % kinds.length]?.()));
    }

    const rows = await requestRows(api, CALLS_MIXED, 20_000);
    expect(rows).toHaveLength(CALLS_MIXED);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(CALLS_MIXED);
    expect([...new Set(rows.map(({ status }) => status))]).toEqual(expect.arrayContaining([200, 499]));
    // Most faults are tried again: the calls' bill must hold over the attempts that failed before the answer.
    expect(provider.counts.requests).toBeGreaterThan(CALLS_MIXED);
    expect(rows.filter(({ partial }) => partial).length).toBeGreaterThan(0);
    const total = sumUsd(rows.map(({ cost_usd: cost }) => cost));
    expect(total).toBeGreaterThan(0n);
    await expectSpent(api, total);
    const report = { from: startedAt, to: new Date(Date.now() + 60_000).toISOString(), group_by: 'model' };
    await waitFor(async () => (await api.post('/v1/analytics/cost', report)).body.total_usd === formatUsd(total), {
      timeoutMs: 20_000,
      intervalMs: 100,
      description: `analytics to say ${formatUsd(total)}`,
    });
  });

  it('[BX-001] answers exactly 50 of 1,000 calls of $0.10 that come at once on $5', async () => {
    const { api } = await createTenant(platform.admin, '5');
    provider.setDefaults('latency_ms=100&output_tokens=100&input_tokens=1');
    const body = { model: 'dear', messages, max_tokens: 100 };
    expect((await api.chat(body, { 'x-dry-run': '1' })).body.estimate.cost_usd_max).toBe('0.1');
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => api.chat(body)));
    const count = (wanted: number): number => answers.filter(({ status }) => status === wanted).length;
    expect({ answered: count(200), refused: count(402) }).toEqual({ answered: 50, refused: 950 });
    expect(provider.counts.requests).toBe(50);
    await expectSpent(api, parseUsd('5'));
  });

  it('[PR-014] takes a new price at once and leaves the cost of earlier calls as it was', async () => {
    const { api } = await createTenant(platform.admin, '1');
    provider.setDefaults('input_tokens=100&output_tokens=100');
    const body = { model: 'repriced', messages, max_tokens: 100 };
    const [before, after] = [randomUUID(), randomUUID()];
    await api.chat(body, { 'x-request-id': before });
    expect(await requestRow(api, before)).toMatchObject({ cost_usd: '0.0002' });
    const price = {
      model: 'sim-repriced',
      provider: 'openai',
      input_usd_per_million: '3',
      output_usd_per_million: '7.5',
    };
    expectStatus(await platform.admin.post('/v1/prices', price), 201);
    await waitFor(async () => (await api.chat(body)).headers.get('x-ao-cost-usd') === '0.00105', {
      timeoutMs: 10_000,
      intervalMs: 50,
    });
    await api.chat(body, { 'x-request-id': after });
    expect(await requestRow(api, after)).toMatchObject({ cost_usd: '0.00105' });
    expect(await requestRow(api, before)).toMatchObject({ cost_usd: '0.0002' });
  });

  it('[PR-013] [RT-016] serves a provider that was added by API, and stops when it is gone, without a restart', async () => {
    const { api } = await createTenant(platform.admin, '1');
    const added = { name: 'added', base_url: `${provider.url}/v1`, api_key: 'sk-added-by-api-1234' };
    const made = expectStatus(await platform.admin.post('/v1/providers', added), 201);
    expect(made.text).not.toContain('sk-added-by-api-1234');
    const price = { model: 'sim-added', input_usd_per_million: '1', output_usd_per_million: '1' };
    expectStatus(await platform.admin.post('/v1/prices', price), 201);
    const deployment = { model_group: 'added-model', provider_id: made.body.id, model: 'sim-added' };
    const deployed = expectStatus(await platform.admin.post('/v1/deployments', deployment), 201);
    const body = { model: 'added-model', messages, max_tokens: MAX_TOKENS };
    await waitFor(async () => (await api.chat(body)).status === 200, { timeoutMs: 10_000, intervalMs: 50 });
    expect(provider.requests.at(-1)).toMatchObject({
      model: 'sim-added',
      headers: { authorization: 'Bearer sk-added-by-api-1234' },
    });
    expectStatus(await platform.admin.delete(`/v1/deployments/${deployed.body.id}`), 200);
    await waitFor(async () => (await api.chat(body)).status === 503, { timeoutMs: 10_000, intervalMs: 50 });
  });

  it('[RT-016] follows its configuration file without a restart', async () => {
    const { api } = await createTenant(platform.admin, '1');
    const body = { model: 'moved', messages, max_tokens: MAX_TOKENS };
    expect((await api.chat(body)).status).toBe(503);
    await models.write(fileModels, { moved: 'chat' });
    await waitFor(async () => (await api.chat(body)).status === 200, { timeoutMs: 20_000, intervalMs: 100 });
    await models.write(fileModels, { moved: 'repriced' });
    await waitFor(async () => (await api.chat(body)).body.model === 'sim-repriced', {
      timeoutMs: 20_000,
      intervalMs: 100,
    });
  });

  it('[WL-005] [NT-005] tells each threshold once by a signed webhook that names the request, and tries again after a 500', async () => {
    const receiver = await startWebhookReceiver([500]);
    try {
      const { api } = await signUp(platform.admin);
      const channel = expectStatus(
        await api.post('/v1/alerts/channels', { name: 'hook', url: receiver.url }),
        201,
      ).body;
      const { wallet_id: walletId } = (await api.get('/v1/orgs/current')).body;
      expectStatus(await api.patch(`/v1/wallets/${walletId}`, { limit_usd: '1' }), 200);
      provider.setDefaults('input_tokens=1&output_tokens=480');
      const ids = [randomUUID(), randomUUID()];
      for (const id of ids) {
        expectStatus(await api.chat({ model: 'dear', messages, max_tokens: 480 }, { 'x-request-id': id }), 200);
        await requestRow(api, id);
      }
      await waitFor(() => receiver.received.length >= 4, {
        timeoutMs: 20_000,
        description: 'three alerts, one of them twice',
      });
      const delivered = receiver.received.slice();
      const first = delivered[0]?.headers['x-ao-delivery'];
      expect(delivered.filter(({ headers }) => headers['x-ao-delivery'] === first)).toHaveLength(2);
      const events = new Map(delivered.map(({ body }) => [body['id'], body]));
      expect([...events.values()].map((body) => body['threshold_percent']).toSorted()).toEqual([80, 90, 95]);
      for (const webhook of delivered) {
        expect(isSigned(webhook, channel.secret)).toBe(true);
        expect(webhook.body).toMatchObject({
          type: 'budget_threshold',
          wallet_id: walletId,
          limit_usd: '1',
          spent_usd: '0.96',
          request_id: ids[1],
        });
        expect(webhook.headers['x-request-id']).toBe(ids[1]);
      }
      // One more call crosses nothing.
      provider.setDefaults('input_tokens=1&output_tokens=1');
      const last = randomUUID();
      expectStatus(await api.chat({ model: 'dear', messages, max_tokens: 1 }, { 'x-request-id': last }), 200);
      await requestRow(api, last);
      await expectSpent(api, parseUsd('0.961'));
      expect(events.size).toBe(3);
      expect(receiver.received).toHaveLength(4);
      const internal = await api.post('/v1/alerts/channels', { name: 'meta', url: 'http://169.254.169.254/latest' });
      expect(internal.status).toBe(400);
    } finally {
      await receiver.stop();
    }
  });
});
