import { MemoryBus } from '@ao/bus';
import type { Actor } from '@ao/contracts';
import { nanoUsd, silentLogger } from '@ao/kernel';
import { usageOf } from '@ao/pricing';
import type { RunningService } from '@ao/runtime';
import { temporaryFolder, type TemporaryFolder } from '@ao/testing';
import { openWarehouse, type Warehouse } from '@ao/warehouse';
import { DAY_MS, HOUR_MS, Platform, adminOf, attempt, monthStartMs, startAnalytics } from './platform.suite.js';

const startMs = monthStartMs();
const key1 = { orgId: 'org_a', keyId: 'key_1', provider: 'p1' };
const key2 = { orgId: 'org_a', keyId: 'key_2', provider: 'p2', teamId: null, model: 'm1', featureId: 'f2' };
const LARGE = 1_000_000_000_000_000_001n;
const RECORDS = [
  {
    ...key1,
    requestId: 'r1',
    teamId: 'team_1',
    model: 'm1',
    featureId: 'f1',
    tags: ['x', 'y', 'x'],
    costCenter: 'cc-1',
    cost: nanoUsd(LARGE),
  },
  {
    ...key1,
    requestId: 'r2',
    teamId: 'team_2',
    model: 'm2',
    tags: ['x'],
    cost: nanoUsd(2n),
    startedAtMs: startMs + HOUR_MS,
  },
  { ...key2, requestId: 'r3', costCenter: 'cc-2', cost: nanoUsd(1n), startedAtMs: startMs + DAY_MS },
  { ...key2, requestId: 'r4', costCenter: null, cost: nanoUsd(4n), startedAtMs: startMs - 1 },
  { requestId: 'r5', orgId: 'org_b', keyId: 'key_1', model: 'm1', cost: nanoUsd(99n) },
];
const TOTAL = LARGE + 7n;

describe('the cost query', () => {
  const bus = new MemoryBus(silentLogger);
  const platform = new Platform(bus);
  let folder: TemporaryFolder;
  let warehouse: Warehouse;
  let service: RunningService;

  beforeAll(async () => {
    folder = await temporaryFolder('analytics');
    warehouse = await openWarehouse({ embeddedDirectory: folder.path });
    service = await startAnalytics(bus, async () => warehouse);
    await platform.record(...RECORDS);
  });

  afterAll(async () => {
    await service.stop();
    await bus.close();
    await warehouse.close();
    await folder.remove();
  });

  it.each([
    ['model', { m1: TOTAL - 2n, m2: 2n }],
    ['team', { team_1: LARGE, team_2: 2n, '': 5n }],
    ['feature', { f1: LARGE, f2: 5n, '': 2n }],
    ['key', { key_1: LARGE + 2n, key_2: 5n }],
    ['provider', { p1: LARGE + 2n, p2: 5n }],
    ['tag', { x: LARGE + 2n, y: LARGE, '': 5n }],
  ] as const)('[AN-003] sums cost by %s to the nano-dollar', async (groupBy, expected) => {
    const { rows, total } = await platform.query({ groupBy });
    expect(Object.fromEntries(rows.map(({ group, cost }) => [group, cost]))).toEqual(expected);
    expect(total).toBe(TOTAL);
  });

  it('[WL-016] sums cost by cost center, and what one of them spent', async () => {
    const { rows } = await platform.query({ groupBy: 'cost_center' });
    const byCenter = Object.fromEntries(rows.map(({ group, cost }) => [group, cost]));
    expect(byCenter).toEqual({ 'cc-1': LARGE, 'cc-2': 1n, '': 6n });
    const one = await platform.query({ groupBy: 'model', costCenter: 'cc-2' });
    expect(one).toMatchObject({ total: 1n, rows: [{ group: 'm1', requests: 1 }] });
    const quoted = await platform.query({ costCenter: "cc-2' OR '1' = '1" });
    expect(quoted).toMatchObject({ total: 0n, rows: [] });
    const other = { actor: adminOf('org_b'), costCenter: 'cc-1' };
    expect(await platform.query(other)).toMatchObject({ total: 0n });
  });

  it.each([
    ['hour', [startMs - HOUR_MS, startMs, startMs + HOUR_MS, startMs + DAY_MS]],
    ['day', [startMs - DAY_MS, startMs, startMs + DAY_MS]],
    ['month', [monthStartMs(startMs - 1), startMs]],
  ] as const)('[AN-003] sums cost per %s of UTC', async (interval, starts) => {
    const { rows, total } = await platform.query({ groupBy: 'provider', interval });
    expect([...new Set(rows.map(({ intervalStart }) => Date.parse(intervalStart!)))]).toEqual(starts);
    expect(rows.reduce((sum, { cost }) => sum + cost, 0n)).toBe(TOTAL);
    expect(total).toBe(TOTAL);
  });

  it('[AN-003] counts calls, and all kinds of tokens in and out', async () => {
    const orgId = 'org_tokens';
    const usage = usageOf({
      inputTokens: 1,
      cachedInputTokens: 2,
      cachedAudioInputTokens: 1_024,
      cacheWrite5mTokens: 4,
      cacheWrite1hTokens: 8,
      audioInputTokens: 16,
      imageInputTokens: 32,
      outputTokens: 64,
      reasoningTokens: 128,
      audioOutputTokens: 256,
      imageOutputTokens: 512,
    });
    await platform.record({ requestId: 't1', orgId, usage }, { requestId: 't2', orgId, usage });
    const { rows } = await platform.query({ actor: adminOf(orgId) });
    expect(rows).toEqual([
      { group: 'gpt-4o', intervalStart: null, cost: 2_500_000n, requests: 2, inputTokens: 2_174, outputTokens: 1_920 },
    ]);
  });

  it('[BX-010] counts a correction with its call, once, in whichever order they come', async () => {
    const orgId = 'org_corrected';
    const call = { requestId: 'c1', orgId, model: 'm1', tags: ['x', 'y'], cost: nanoUsd(LARGE) };
    const first = { adjustmentId: 'a1', requestId: 'c1', orgId, difference: nanoUsd(-LARGE) };
    const second = { adjustmentId: 'a2', requestId: 'c1', orgId, difference: nanoUsd(40n) };
    await platform.adjust(first);
    await platform.record(call, { ...call, requestId: 'c2', model: 'm2', cost: nanoUsd(2n) });
    await platform.adjust(second, second, first);
    await platform.adjust({ ...second, adjustmentId: 'a3', orgId: 'org_elsewhere' });
    const costs = async (groupBy: 'model' | 'tag') => {
      const { rows, total } = await platform.query({ actor: adminOf(orgId), groupBy });
      return [Object.fromEntries(rows.map(({ group, cost, requests }) => [group, [cost, requests]])), total];
    };
    expect(await costs('model')).toEqual([{ m1: [40n, 1], m2: [2n, 1] }, 42n]);
    expect(await costs('tag')).toEqual([{ x: [42n, 2], y: [42n, 2] }, 42n]);
  });

  it('[AN-003] shares the cost of a call out between the models and providers of its attempts', async () => {
    const orgId = 'org_attempts';
    const usage = usageOf({ inputTokens: 5, outputTokens: 3 });
    const attempts = [
      attempt({ provider: 'p1', model: 'm1', usage, cost: nanoUsd(1n) }),
      attempt({ provider: 'p1', model: 'm2', usage, cost: nanoUsd(2n) }),
      attempt({ provider: 'p2', model: 'm1', usage, cost: nanoUsd(4n) }),
    ];
    const sum = usageOf({ inputTokens: 15, outputTokens: 9 });
    await platform.record({
      requestId: 'a1',
      orgId,
      provider: 'p2',
      model: 'm1',
      attempts,
      usage: sum,
      cost: nanoUsd(7n),
    });
    await platform.adjust({ requestId: 'a1', orgId, difference: nanoUsd(100n) });
    const groups = async (groupBy: 'model' | 'provider' | 'key') => {
      const { rows, total } = await platform.query({ actor: adminOf(orgId), groupBy });
      return [rows.map(({ group, cost, requests, inputTokens }) => [group, cost, requests, inputTokens]), total];
    };
    expect(await groups('model')).toEqual([
      [
        ['m1', 105n, 1, 10],
        ['m2', 2n, 1, 5],
      ],
      107n,
    ]);
    expect(await groups('provider')).toEqual([
      [
        ['p2', 104n, 1, 5],
        ['p1', 3n, 1, 10],
      ],
      107n,
    ]);
    expect(await groups('key')).toEqual([[['key_1', 107n, 1, 15]], 107n]);
  });

  it('[AN-003] takes the start of the range in and its end out', async () => {
    const range = { from: new Date(startMs).toISOString(), to: new Date(startMs + DAY_MS).toISOString() };
    expect(await platform.query(range)).toMatchObject({ total: LARGE + 2n });
  });

  it('[AN-003] cuts the rows to the limit, says so, and leaves the total whole', async () => {
    const answer = await platform.query({ groupBy: 'team', limit: 1 });
    expect(answer.rows.map(({ group }) => group)).toEqual(['team_1']);
    expect(answer).toMatchObject({ total: TOTAL, truncated: true });
    expect(await platform.query({ groupBy: 'team', limit: 3 })).toMatchObject({ truncated: false });
  });

  it('[AN-003] shows an organisation its own costs only', async () => {
    expect(await platform.query({ actor: adminOf('org_b') })).toMatchObject({ total: 99n });
    for (const orgId of ['org_none', "org_a' OR '1' = '1", 'org_a\\']) {
      expect(await platform.query({ actor: adminOf(orgId) })).toEqual({ rows: [], total: 0n, truncated: false });
    }
  });

  it.each(['member', 'viewer'] as const)('[AN-003] shows a %s what its own key spent', async (role) => {
    const actor: Actor = { orgId: 'org_a', keyId: 'key_2', role };
    const { rows, total } = await platform.query({ actor, groupBy: 'key' });
    expect(rows.map(({ group }) => group)).toEqual(['key_2']);
    expect(total).toBe(5n);
  });

  it('refuses a range that runs backwards', async () => {
    const range = { from: new Date(startMs).toISOString(), to: new Date(startMs - 1).toISOString() };
    await expect(platform.query(range)).rejects.toMatchObject({ code: 'invalid_parameter', param: 'to' });
  });
});
