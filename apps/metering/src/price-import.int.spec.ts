import { gzipSync } from 'node:zlib';
import { createPriceV1, importPricesV1, meteringActionPerformedV1, type Actor } from '@ao/contracts';
import { parseUsdPerMillionTokens } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { startPlatform, type Platform } from './platform.suite.js';

const admin: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'admin' };
const usd = parseUsdPerMillionTokens;

const chat = (input: number, more: object = {}) => ({
  litellm_provider: 'openai',
  mode: 'chat',
  input_cost_per_token: input,
  output_cost_per_token: 4e-6,
  ...more,
});

describe('an imported price table', () => {
  let platform: Platform;
  beforeAll(async () => void (platform = await startPlatform()));
  afterAll(() => platform.stop());

  const pack = (table: unknown): string => gzipSync(JSON.stringify(table)).toString('base64');
  const importTable = (table: unknown, dryRun = false) =>
    platform.bus.request(importPricesV1, { actor: admin, tableGzip: pack(table), dryRun });
  const priceOf = (model: string, provider = 'openai') => platform.prices().priceAt({ model, provider }, Date.now());

  it('[BX-008] [BX-011] holds at once, says what it changed and what not, and changes nothing the second time', async () => {
    const table = {
      sample_spec: { input_cost_per_token: 0 },
      'gpt-4o': chat(9e-6, { input_cost_per_token_priority: 1.8e-5 }),
      'gpt-4.1': {
        litellm_provider: 'openai',
        input_cost_per_token: 2e-6,
        output_cost_per_token: 8e-6,
      },
      'openai/brand-new': chat(1e-6),
      'brand-new': chat(2e-6),
      pictures: { litellm_provider: 'openai', input_cost_per_pixel: 1e-8 },
      broken: chat(-1),
      words: 'no entry',
    };
    const before = priceOf('gpt-4o');
    const dry = await importTable(table, true);
    expect(dry).toMatchObject({ dryRun: true, added: 1, unchanged: 0, skipped: 5 });
    expect(priceOf('gpt-4o')).toEqual(before);
    const report = await importTable(table);
    expect(report).toEqual({ ...dry, dryRun: false });
    expect(report.changes).toEqual([
      { model: 'gpt-4o', provider: 'openai', change: 'changed' },
      { model: 'gpt-4.1', provider: 'openai', change: 'changed' },
      { model: 'brand-new', provider: 'openai', change: 'added' },
    ]);
    expect(report.skippedEntries).toEqual([
      { name: 'sample_spec', reason: 'a description, no model' },
      { name: 'brand-new', reason: 'the same model as openai/brand-new' },
      { name: 'pictures', reason: 'no price, and these are not supported: input_cost_per_pixel' },
      { name: 'broken', reason: 'input_cost_per_token is no price' },
      { name: 'words', reason: 'no entry of a model' },
    ]);
    expect(priceOf('gpt-4o')).toMatchObject({ inputPico: usd('9'), source: 'import: key_admin' });
    expect(priceOf('gpt-4o')?.tiers).toMatchObject([{ serviceTier: 'priority', inputPico: usd('18') }]);
    expect(priceOf('brand-new')).toMatchObject({ inputPico: usd('1') });
    const { version } = platform.snapshot();
    expect(await importTable(table)).toMatchObject({ added: 0, changed: 0, unchanged: 3, changes: [] });
    expect(platform.snapshot().version).toBe(version);
  });

  it('[BX-008] wins over the catalogue, but not over a price that was set by API', async () => {
    const mine = { actor: admin, model: 'o3', provider: 'openai', inputPico: usd('7'), outputPico: usd('7') };
    await platform.bus.request(createPriceV1, mine);
    await importTable({ o3: chat(1e-6), 'o4-mini': chat(3e-6) });
    expect(priceOf('o3')).toMatchObject({ inputPico: usd('7') });
    expect(priceOf('o4-mini')).toMatchObject({ inputPico: usd('3') });
  });

  it('is told to the audit chain', async () => {
    const told: string[] = [];
    const subscription = await platform.bus.subscribe(
      meteringActionPerformedV1,
      { kind: 'broadcast' },
      (events) => void told.push(...events.map(({ payload }) => `${payload.action} ${payload.metadata?.['added']}`)),
    );
    await importTable({ 'told-1': chat(1e-6), 'told-2': chat(1e-6), 'told-3': chat(1e-6) });
    await waitFor(() => told.includes('price.import 3'));
    await subscription.stop();
  });

  it.each<[string, Partial<Actor>, () => string, string]>([
    ['a member sends', { role: 'member' }, () => pack({}), 'permission_denied'],
    ['another organisation sends', { orgId: 'org_other' }, () => pack({}), 'permission_denied'],
    ['is no table', {}, () => pack([1]), 'invalid_parameter'],
    ['is no JSON', {}, () => gzipSync('{').toString('base64'), 'invalid_json'],
    ['is not packed', {}, () => Buffer.from('{}').toString('base64'), 'invalid_parameter'],
    [
      'expands beyond all measure',
      {},
      () => gzipSync(Buffer.alloc(5_000_000, 32)).toString('base64'),
      'payload_too_large',
    ],
  ])('is refused when it %s', async (_case, changes, table, code) => {
    const request = { actor: { ...admin, ...changes }, tableGzip: table() };
    await expect(platform.bus.request(importPricesV1, request)).rejects.toMatchObject({ code });
  });

  it('[BX-011] may have thousands of prices, and no more than the limit', async () => {
    const table = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [
        `provider-of-many-${index % 30}/a-model-with-a-long-name-${index}`,
        chat(1e-6 + index * 1e-9, {
          litellm_provider: `provider-of-many-${index % 30}`,
          cache_read_input_token_cost: 1e-7,
          input_cost_per_token_priority: 2e-6,
          input_cost_per_token_above_200k_tokens: 2e-6 + index * 1e-9,
        }),
      ]),
    );
    expect(await importTable(table)).toMatchObject({ added: 3_000, skipped: 0 });
    expect(priceOf('a-model-with-a-long-name-2999', 'provider-of-many-29')).toMatchObject({ inputPico: usd('3.999') });
    await platform.restart({ API_PRICES_MAX: '100' });
    await expect(importTable({ onemore: chat(1e-6) })).rejects.toMatchObject({ code: 'conflict' });
  });
});
