import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createPriceV1,
  listPricesV1,
  meteringActionPerformedV1,
  priceTier,
  type Actor,
  type ResponseOf,
} from '@ao/contracts';
import { parseUsd, parseUsdPerMillionTokens, picoUsd } from '@ao/kernel';
import { cost, usageOf } from '@ao/pricing';
import { temporaryFolder, waitFor } from '@ao/testing';
import { report, startPlatform, type Platform } from './platform.suite.js';

const admin: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'admin' };
const usd = parseUsdPerMillionTokens;

describe('prices', () => {
  let platform: Platform;
  beforeAll(async () => void (platform = await startPlatform()));
  afterAll(() => platform.stop());

  const priceOf = (model: string, provider: string | null = null) =>
    platform.prices().priceAt({ model, provider }, Date.now());

  it('[PR-014] publishes the bundled prices at start', () => {
    expect(priceOf('gpt-4o', 'openai')).toMatchObject({ inputPico: usd('2.5'), cachedInputPico: usd('1.25') });
    expect(priceOf('demo-chat', 'simulator')).toMatchObject({ inputPico: usd('0.10') });
    expect(platform.snapshot().version).toBeGreaterThan(0);
  });

  it('[PR-014] charges a new request the new rate and leaves an old cost as it was', async () => {
    const set = (input: string): Promise<unknown> =>
      platform.bus.request(createPriceV1, {
        actor: admin,
        model: 'changing',
        inputPico: usd(input),
        outputPico: usd('0'),
      });
    const usage = usageOf({ inputTokens: 1_000_000 });
    const call = async (requestId: string): Promise<void> => {
      const priceId = priceOf('changing')!.id;
      await platform.report([report({ requestId, model: 'changing', usage, priceId })]);
    };
    await set('2');
    await call('req_old');
    await set('3');
    await call('req_new');
    const costs = await platform.database.pool.query<{ request_id: string; cost_nano_usd: string }>(
      `SELECT request_id, cost_nano_usd FROM request_log WHERE model = 'changing' ORDER BY request_id DESC`,
    );
    expect(costs.rows).toEqual([
      { request_id: 'req_old', cost_nano_usd: String(parseUsd('2')) },
      { request_id: 'req_new', cost_nano_usd: String(parseUsd('3')) },
    ]);
  });

  it('[PR-014] lets an API price win over the catalogue’s own price of a provider, at once', async () => {
    const before = platform.snapshot().version;
    const request = { actor: admin, model: 'gpt-4o-mini', inputPico: usd('7'), outputPico: usd('8') };
    const { price } = await platform.bus.request(createPriceV1, request);
    expect(priceOf('gpt-4o-mini', 'openai')).toMatchObject({ inputPico: usd('7'), source: price.source });
    expect(platform.snapshot().version).toBeGreaterThan(before);
  });

  it('[PR-014] charges by a price that is published for several stretches of time', async () => {
    // The catalogue knows this model at some providers, so the row for any provider is published for each of them too.
    const priceId = priceOf('gpt-4o-mini', 'anywhere')!.id;
    expect(priceId).toMatch(/^prc_\w+~\d$/);
    const usage = usageOf({ inputTokens: 1_000_000 });
    await platform.report([report({ requestId: 'req_stretch', usage, priceId })]);
    await waitFor(() => platform.recorded.some(({ requestId }) => requestId === 'req_stretch'));
    const record = platform.recorded.find(({ requestId }) => requestId === 'req_stretch')!;
    expect(record).toMatchObject({ cost: parseUsd('7'), costBasis: 'price', priceId: priceId.replace(/~\d+$/, '') });
  });

  it('announces a price that begins later without using it before', async () => {
    const effectiveFromMs = Date.now() + 3_600_000;
    const later = { actor: admin, model: 'demo-chat', inputPico: usd('5'), outputPico: usd('5'), effectiveFromMs };
    await platform.bus.request(createPriceV1, later);
    expect(priceOf('demo-chat')).toMatchObject({ inputPico: usd('0.10') });
    const then = platform.prices().priceAt({ model: 'demo-chat' }, effectiveFromMs);
    expect(then).toMatchObject({ inputPico: usd('5') });
  });

  it.each([
    ['a member asks', { actor: { ...admin, role: 'member' as const } }, 'permission_denied'],
    ['another organisation’s admin asks', { actor: { ...admin, orgId: 'org_other' } }, 'permission_denied'],
    ['a rate is negative', { outputPico: picoUsd(-1n) }, 'invalid_parameter'],
    ['a rate is absurd', { cachedInputPico: picoUsd(10n ** 18n + 1n) }, 'invalid_parameter'],
  ])('refuses a price when %s', async (_case, changes, code) => {
    const request = { actor: admin, model: 'm', inputPico: picoUsd(1n), outputPico: picoUsd(1n), ...changes };
    await expect(platform.bus.request(createPriceV1, request)).rejects.toMatchObject({ code });
  });

  const base = { actor: admin, model: 'tiered', inputPico: usd('1'), outputPico: usd('4') };

  it('[BX-011] keeps tiers and other units through the table, the snapshot and the bill', async () => {
    const tiers = [
      priceTier.decode({ serviceTier: 'priority', inputPico: '2000000' }),
      priceTier.decode({ promptTokensAbove: 200_000, inputPico: '3000000', outputPico: '5000000' }),
    ];
    const other = { perSearchPico: picoUsd(10_000_000_000n), cachedAudioInputPico: usd('0.5') };
    const { price } = await platform.bus.request(createPriceV1, { ...base, ...other, tiers });
    expect(price).toMatchObject({ ...other, tiers });
    expect(priceOf('tiered')).toEqual(price);
    const listed = await platform.bus.request(listPricesV1, { actor: admin, model: 'tiered' });
    expect(listed.data).toEqual([price]);
    const costOf = async (serviceTier: string | null, changes: object): Promise<unknown> => {
      const requestId = `req_${serviceTier}_${JSON.stringify(changes)}`;
      await platform.report([report({ requestId, priceId: price.id, serviceTier, usage: usageOf(changes) })]);
      await waitFor(() => platform.recorded.some((record) => record.requestId === requestId));
      return platform.recorded.find((record) => record.requestId === requestId)?.cost;
    };
    expect(await costOf('priority', { inputTokens: 1_000_000 })).toBe(parseUsd('3'));
    expect(await costOf('priority', { inputTokens: 1_000 })).toBe(parseUsd('0.002'));
    expect(await costOf(null, { inputTokens: 300_000, outputTokens: 100 })).toBe(parseUsd('0.9005'));
    expect(await costOf(null, { searches: 2, cachedAudioInputTokens: 2_000_000 })).toBe(parseUsd('1.02'));
  });

  it.each<[string, object, string]>([
    ['has a negative tier', { tiers: [{ serviceTier: 'x', perCallPico: '-1' }] }, 'tiers[0].perCallPico'],
    ['does not say what a tier is for', { tiers: [{ inputPico: '1' }] }, 'tiers[0]'],
    ['has two tiers for the same', { tiers: [{ serviceTier: 'x' }, { serviceTier: 'x', inputPico: '1' }] }, 'tiers[1]'],
    ['is nothing, unless it is marked free', { inputPico: '0', outputPico: '0' }, 'free'],
  ])('[BX-011] refuses a price that %s', async (_case, wire, param) => {
    const changes = createPriceV1.request.decode({
      actor: admin,
      model: 'tiered',
      inputPico: '1',
      outputPico: '1',
      ...wire,
    });
    const refused = platform.bus.request(createPriceV1, changes);
    await expect(refused).rejects.toMatchObject({ code: 'invalid_parameter', param });
  });

  it('tells other organisations why they may not set prices', async () => {
    const actor: Actor = { ...admin, orgId: 'org_other', role: 'owner' };
    const request = { actor, model: 'm', inputPico: picoUsd(1n), outputPico: picoUsd(1n) };
    await expect(platform.bus.request(createPriceV1, request)).rejects.toThrow(/hold for every organisation/);
  });

  it('records who set a price for the audit chain', async () => {
    const targets: string[] = [];
    const subscription = await platform.bus.subscribe(
      meteringActionPerformedV1,
      { kind: 'broadcast' },
      (events) => void targets.push(...events.map(({ payload }) => `${payload.action} ${payload.targetId}`)),
    );
    const request = { actor: admin, model: 'audited', inputPico: usd('1'), outputPico: usd('1') };
    const { price } = await platform.bus.request(createPriceV1, request);
    await waitFor(() => targets.includes(`price.create ${price.id}`));
    await subscription.stop();
  });

  it('pages through prices newest first without gaps or repeats, for anyone', async () => {
    const actor: Actor = { orgId: 'org_other', keyId: 'key_x', role: 'viewer' };
    const idsInPagesOf = async (limit: number): Promise<string[]> => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page: ResponseOf<typeof listPricesV1> = await platform.bus.request(listPricesV1, {
          actor,
          limit,
          cursor,
        });
        ids.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return ids;
    };
    const ids = await idsInPagesOf(500);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await idsInPagesOf(97)).toEqual(ids);
    const filtered = await platform.bus.request(listPricesV1, { actor, model: 'gpt-4o', provider: 'openai' });
    expect(filtered.data).toMatchObject([{ model: 'gpt-4o', source: expect.stringMatching(/^catalogue: OpenAI/) }]);
  });

  it('[BX-011] publishes a price list of every provider', () => {
    const known: [string, string][] = [
      ['openai', 'gpt-5.4'],
      ['azure', 'gpt-4o'],
      ['anthropic', 'claude-sonnet-4-6'],
      ['gemini', 'gemini-2.5-pro'],
      ['vertex_ai', 'claude-opus-5'],
      ['bedrock', 'us.amazon.nova-pro-v1:0'],
      ['mistral', 'mistral-large-latest'],
      ['cohere', 'rerank-v3.5'],
      ['groq', 'whisper-large-v3'],
      ['together_ai', 'openai/gpt-oss-120b'],
      ['deepseek', 'deepseek-chat'],
      ['xai', 'grok-4.5'],
      ['perplexity', 'sonar-pro'],
      ['fireworks_ai', 'accounts/fireworks/models/gpt-oss-120b'],
      ['cerebras', 'gpt-oss-120b'],
    ];
    expect(known.filter(([provider, model]) => !priceOf(model, provider))).toEqual([]);
  });

  it('cannot be changed, not even in the database', async () => {
    for (const statement of ['UPDATE price SET input_pico = 0', 'DELETE FROM price', 'TRUNCATE price']) {
      await expect(platform.database.pool.query(statement)).rejects.toThrow(/append-only/);
    }
  });

  it('[PR-014] publishes what another replica set', async () => {
    const other = await platform.replica();
    const request = { actor: admin, model: 'elsewhere', inputPico: usd('1'), outputPico: usd('1') };
    await other.bus.request(createPriceV1, request);
    await waitFor(() => priceOf('elsewhere'));
    expect(other.snapshot().version).toBe(platform.snapshot().version);
    await other.stop();
  });

  it('adds no rows when it starts again', async () => {
    const { version } = platform.snapshot();
    await platform.restart({});
    expect(platform.snapshot().version).toBe(version);
  });

  it('limits how many prices the API may set', async () => {
    await platform.restart({ API_PRICES_MAX: '1' });
    const request = { actor: admin, model: 'm', inputPico: picoUsd(1n), outputPico: picoUsd(1n) };
    await expect(platform.bus.request(createPriceV1, request)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('[PR-014] takes prices from AO_CONFIG over the catalogue, follows the file, and falls back when they are gone', async () => {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'config.yaml');
    const write = (input: string): Promise<void> =>
      writeFile(
        path,
        `model_list:\n  - model_name: chat\n    litellm_params: { model: openai/gpt-4.1, api_key: k${input} }\n`,
      );
    await write(', input_cost_per_token: 0.000009, output_cost_per_token: 0.00001');
    await platform.restart({ AO_CONFIG: path });
    expect(priceOf('gpt-4.1', 'openai')).toMatchObject({ inputPico: usd('9'), source: 'config: AO_CONFIG' });
    expect(cost(usageOf({ inputTokens: 1 }), priceOf('gpt-4.1', 'openai')!)).toBe(9_000n);
    await write(', input_cost_per_token: 0.000011, output_cost_per_token: 0.00001');
    await waitFor(() => priceOf('gpt-4.1', 'openai')?.inputPico === usd('11'));
    await write('');
    await waitFor(() => priceOf('gpt-4.1', 'openai')?.inputPico === usd('2'));
    await platform.restart({});
    await folder.remove();
  });
});
