import { createPriceV1, getRequestV1, type Actor, type UsageReport } from '@ao/contracts';
import { nanoUsd, parseUsd, parseUsdPerMillionTokens, picoUsd } from '@ao/kernel';
import { usageOf } from '@ao/pricing';
import { waitFor } from '@ao/testing';
import { report, startPlatform, type Platform } from './platform.suite.js';

const admin: Actor = { orgId: 'org_default', keyId: 'key_admin', role: 'admin' };
const usd = parseUsdPerMillionTokens;

describe('usage', () => {
  let platform: Platform;
  let priceId: string;
  let made = 0;

  beforeAll(async () => {
    platform = await startPlatform();
    const rates = { inputPico: usd('2.50'), outputPico: usd('10'), cachedInputPico: usd('1.25') };
    priceId = (await platform.bus.request(createPriceV1, { actor: admin, model: 'priced', ...rates })).price.id;
  });
  afterAll(() => platform.stop());

  const call = (changes: Partial<UsageReport> = {}): UsageReport =>
    report({ orgId: 'org_default', requestId: `req_${(made += 1)}`, priceId, ...changes });
  const logged = async (requestId: string) =>
    (await platform.bus.request(getRequestV1, { actor: admin, requestId })).request;
  const announced = (requestId: string) => platform.recorded.filter((record) => record.requestId === requestId);
  const count = async (of: string): Promise<number> => {
    const { rows } = await platform.database.pool.query<{ count: string }>(`SELECT count(*) FROM ${of}`);
    return Number(rows[0]?.count);
  };

  it('[MT-004] logs and announces the exact cost, whatever the gateway computed', async () => {
    const usage = usageOf({ inputTokens: 600, cachedInputTokens: 400, outputTokens: 500 });
    const one = call({ usage, cost: nanoUsd(1n) });
    await platform.report([one]);
    const settled = { ...one, cost: parseUsd('0.007'), costBasis: 'price' };
    expect(await logged(one.requestId)).toEqual(settled);
    await waitFor(() => announced(one.requestId).length > 0);
    expect(announced(one.requestId)).toEqual([settled]);
  });

  it('[MT-007] settles once when one report comes twice in a batch and again later', async () => {
    const one = call();
    await platform.report([one, one, call(), one]);
    await platform.report([one]);
    await platform.report([one, call()]);
    const last = call();
    await platform.report([last]);
    await waitFor(() => announced(last.requestId).length > 0);
    expect(announced(one.requestId)).toHaveLength(1);
    expect(await count(`request_log WHERE request_id = '${one.requestId}'`)).toBe(1);
    expect(await count('usage_refused')).toBe(0);
  });

  it('[MT-007] settles once when two replicas get the same reports in different order', async () => {
    const other = await platform.replica();
    try {
      const calls = Array.from({ length: 200 }, () => call({ keyId: 'key_race' }));
      await Promise.all([platform.report(calls), other.report(calls.toReversed())]);
      expect(await count(`request_log WHERE record->>'keyId' = 'key_race'`)).toBe(200);
      const bothAnnounced = (): number =>
        [...platform.recorded, ...other.recorded].filter(({ keyId }) => keyId === 'key_race').length;
      await waitFor(() => bothAnnounced() === 200);
    } finally {
      await other.stop();
    }
  });

  it('[MT-007] keeps the first settlement when a gateway reports the same call otherwise after a crash', async () => {
    const one = call();
    await platform.report([one]);
    await platform.report([{ ...one, partial: true, usage: usageOf({ inputTokens: 9_999 }) }]);
    expect(await logged(one.requestId)).toMatchObject({ partial: false });
    expect(await count('usage_refused')).toBe(0);
  });

  it('[MT-008] writes rows later when the database is slow, and loses none', async () => {
    const client = await platform.database.pool.connect();
    await client.query('BEGIN; LOCK TABLE request_log IN ACCESS EXCLUSIVE MODE');
    const calls = Array.from({ length: 50 }, () => call({ keyId: 'key_slow' }));
    let done = false;
    const reporting = platform.report(calls).then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(done).toBe(false);
    await client.query('COMMIT');
    client.release();
    await reporting;
    expect(await count(`request_log WHERE key_id = 'key_slow'`)).toBe(50);
  });

  it('[MT-008] keeps what it cannot log and says so, without holding up the rest', async () => {
    const absurd = usageOf({ outputTokens: 1_000_000_000 });
    const costly = (
      await platform.bus.request(createPriceV1, {
        actor: admin,
        model: 'x',
        inputPico: usd('1'),
        outputPico: usd('999999999999'),
      })
    ).price;
    const lost = call({ usage: absurd, priceId: costly.id });
    const late = call({ startedAtMs: Date.UTC(12_000, 0) });
    const good = call();
    await platform.report([lost, good, late, lost]);
    await platform.report([lost]);
    expect(await logged(good.requestId)).toBeDefined();
    const { rows } = await platform.database.pool.query('SELECT request_id, reason FROM usage_refused ORDER BY reason');
    expect(rows).toEqual([
      { request_id: lost.requestId, reason: 'cost_out_of_range' },
      { request_id: late.requestId, reason: 'started_at_out_of_range' },
    ]);
  });

  it('[MT-008] keeps another call under a taken request id apart instead of dropping it', async () => {
    const one = call();
    const other = { ...one, orgId: 'org_other', keyId: 'key_other' };
    await platform.report([one, other]);
    await platform.report([other]);
    expect(await logged(one.requestId)).toMatchObject({ orgId: 'org_default' });
    expect(await count(`usage_refused WHERE request_id = '${one.requestId}' AND reason = 'request_id_taken'`)).toBe(1);
  });

  it('logs text that PostgreSQL cannot hold with the characters replaced', async () => {
    const one = call({ tags: ['a\0b'], endUserId: '\ud800' });
    await platform.report([one]);
    expect(await logged(one.requestId)).toMatchObject({ tags: ['a\uFFFDb'], endUserId: '\uFFFD' });
  });

  it('[MT-010] logs a free model with its tokens and cost 0', async () => {
    const free = { actor: admin, model: 'free-model', inputPico: usd('1'), outputPico: usd('1'), free: true };
    const { price } = await platform.bus.request(createPriceV1, free);
    const one = call({
      model: 'free-model',
      priceId: price.id,
      charges: [],
      usage: usageOf({ inputTokens: 12, outputTokens: 34 }),
    });
    await platform.report([one]);
    const { usage, cost, costBasis } = await logged(one.requestId);
    expect({ usage, cost, costBasis }).toEqual({ usage: one.usage, cost: 0n, costBasis: 'price' });
  });

  it('[MT-009] marks a call that broke off, and bills what was sent of it', async () => {
    const usage = usageOf({ inputTokens: 100, outputTokens: 10 });
    const one = call({ status: 499, partial: true, usageSource: 'estimated', usage, finishReason: null });
    await platform.report([one]);
    const settled = { partial: true, status: 499, usageSource: 'estimated', cost: parseUsd('0.00035') };
    expect(await logged(one.requestId)).toMatchObject(settled);
    await waitFor(() => announced(one.requestId).length > 0);
    expect(announced(one.requestId)).toMatchObject([settled]);
  });

  it('[MT-007] settles a call of several attempts to the sum of what each cost by its own price', async () => {
    const rates = { inputPico: usd('1'), outputPico: usd('1') };
    const backup = (await platform.bus.request(createPriceV1, { actor: admin, model: 'backup', ...rates })).price.id;
    const shared = {
      deploymentId: null,
      errorCode: null,
      usageSource: 'provider' as const,
      cost: nanoUsd(1n),
      durationMs: 5,
    };
    const attempts = [
      {
        ...shared,
        provider: 'a',
        model: 'priced',
        priceId,
        status: 502,
        startedAtMs: 1,
        usage: usageOf({ inputTokens: 400 }),
      },
      {
        ...shared,
        provider: 'b',
        model: 'backup',
        priceId: `${backup}~2`,
        status: 200,
        startedAtMs: 6,
        usage: usageOf({ inputTokens: 500 }),
      },
    ];
    const usage = usageOf({ inputTokens: 900 });
    const one = call({ provider: 'b', model: 'backup', priceId: backup, usage, attempts, cost: nanoUsd(3n) });
    await platform.report([one]);
    const settled = {
      cost: parseUsd('0.0015'),
      costBasis: 'price',
      attempts: [
        { ...attempts[0]!, cost: parseUsd('0.001') },
        { ...attempts[1]!, cost: parseUsd('0.0005'), priceId: backup },
      ],
    };
    const { request, costDetails } = await platform.bus.request(getRequestV1, {
      actor: admin,
      requestId: one.requestId,
    });
    expect(request).toMatchObject(settled);
    expect(costDetails).toMatchObject([
      { provider: 'a', model: 'priced', price: { id: priceId }, cost: parseUsd('0.001') },
      { provider: 'b', model: 'backup', price: { id: backup }, cost: parseUsd('0.0005') },
    ]);
    await waitFor(() => announced(one.requestId).length > 0);
    expect(announced(one.requestId)).toMatchObject([settled]);
  });

  it('[MT-012] shows how a cost comes about: each bucket at its rate, the rounding, the row and where it is from', async () => {
    const usage = usageOf({ inputTokens: 3, cachedInputTokens: 1, outputTokens: 2 });
    const { price } = await platform.bus.request(createPriceV1, {
      actor: admin,
      model: 'fine',
      inputPico: picoUsd(500n),
      outputPico: picoUsd(600n),
      cachedInputPico: picoUsd(1n),
    });
    const one = call({ model: 'fine', usage, priceId: price.id });
    await platform.report([one]);
    const shown = await platform.bus.request(getRequestV1, { actor: admin, requestId: one.requestId });
    expect(shown.adjustments).toEqual([]);
    expect(shown.costDetails).toEqual([
      {
        provider: one.provider,
        model: 'fine',
        price: { id: price.id, source: 'api: key_admin', effectiveFromMs: price.effectiveFromMs, free: false },
        lines: [
          { bucket: 'inputTokens', count: 3, ratePico: 500n, amountPico: 1_500n },
          { bucket: 'cachedInputTokens', count: 1, ratePico: 1n, amountPico: 1n },
          { bucket: 'outputTokens', count: 2, ratePico: 600n, amountPico: 1_200n },
        ],
        roundingPico: 299n,
        cost: 3n,
      },
    ]);
    const unpriced = call({ ownKey: true });
    await platform.report([unpriced, call({ priceId: 'prc_lost' })]);
    const own = await platform.bus.request(getRequestV1, { actor: admin, requestId: unpriced.requestId });
    expect(own.costDetails).toMatchObject([{ price: null, lines: [], cost: 0n }]);
  });

  it.each([
    ['own_key', { ownKey: true }],
    ['unpriced', { priceId: null }],
  ])('logs cost 0 and why: %s', async (costBasis, changes) => {
    const one = call(changes);
    await platform.report([one]);
    expect(await logged(one.requestId)).toMatchObject({ cost: 0n, costBasis });
  });

  it('[MT-008] deletes what is past its retention and nothing else', async () => {
    const daysAgo = (days: number): number => Date.now() - days * 86_400_000;
    const old = Array.from({ length: 30 }, () => call({ startedAtMs: daysAgo(91), keyId: 'key_old' }));
    const young = call({ startedAtMs: daysAgo(89), keyId: 'key_old' });
    await platform.report([...old, young]);
    await platform.restart({ REQUEST_LOG_RETENTION_DAYS: '90' });
    await waitFor(async () => (await count(`request_log WHERE key_id = 'key_old'`)) === 1);
    expect(await logged(young.requestId)).toBeDefined();
    await platform.restart({ REQUEST_LOG_RETENTION_DAYS: '30' });
    await waitFor(async () => (await count(`request_log WHERE key_id = 'key_old'`)) === 0);
  });
});
