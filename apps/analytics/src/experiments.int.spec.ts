import { MemoryBus } from '@ao/bus';
import { queryExperimentV1, type ResponseOf } from '@ao/contracts';
import { nanoUsd, silentLogger } from '@ao/kernel';
import type { RunningService } from '@ao/runtime';
import { temporaryFolder, type TemporaryFolder } from '@ao/testing';
import { openWarehouse, type Warehouse } from '@ao/warehouse';
import { DAY_MS, Platform, adminOf, monthStartMs, startAnalytics } from './platform.suite.js';

const startMs = monthStartMs();
const range = { from: new Date(startMs).toISOString(), to: new Date(startMs + DAY_MS).toISOString() };

const callOf = (requestId: string, variant: string, fields: object = {}) => ({
  requestId,
  orgId: 'org_a',
  startedAtMs: startMs,
  decision: { strategy: 'simple-shuffle', candidates: [], experiment: { experimentId: 'exp_1', variant } },
  ...fields,
});

describe('the figures of an experiment', () => {
  const bus = new MemoryBus(silentLogger);
  const platform = new Platform(bus);
  let folder: TemporaryFolder;
  let warehouse: Warehouse;
  let service: RunningService;

  beforeAll(async () => {
    folder = await temporaryFolder('analytics');
    warehouse = await openWarehouse({ embeddedDirectory: folder.path });
    service = await startAnalytics(bus, async () => warehouse);
    await platform.record(
      callOf('a1', 'large', { cost: nanoUsd(10n), durationMs: 100 }),
      callOf('a2', 'large', { cost: nanoUsd(20n), durationMs: 200 }),
      callOf('a3', 'large', { cost: nanoUsd(60n), durationMs: 300 }),
      callOf('a4', 'large', { cost: nanoUsd(10n), durationMs: 9_000, status: 502 }),
      callOf('b1', 'mini', { cost: nanoUsd(1n), durationMs: 50 }),
      callOf('b2', 'mini', { cost: nanoUsd(0n), durationMs: 60, status: 499 }),
    );
  });

  afterAll(async () => {
    await service.stop();
    await bus.close();
    await warehouse.close();
    await folder.remove();
  });

  const ask = (orgId = 'org_a', experimentId = 'exp_1'): Promise<ResponseOf<typeof queryExperimentV1>> =>
    bus.request(queryExperimentV1, { actor: adminOf(orgId), experimentId, ...range });

  const expected = {
    variants: [
      {
        variant: 'large',
        calls: 4,
        errors: 1,
        cost: 100n,
        // Of 10, 20, 60, 10: (15² + 5² + 35² + 15²) / 3.
        costVariance: expect.closeTo(1_700 / 3, 6),
        latency: { count: 3, mean: 200, variance: 10_000, p50: 200, p95: 290 },
      },
      {
        variant: 'mini',
        calls: 2,
        errors: 0,
        cost: 1n,
        costVariance: 0.5,
        latency: { count: 2, mean: 55, variance: 50, p50: 55, p95: 59.5 },
      },
    ],
  };

  it('[EX-003] are cost, latency and errors of each variant, as the rows have them', async () => {
    expect(await ask()).toEqual(expected);
  });

  it('[EX-003] count a call once, and leave out what a cache answered, another time and another experiment', async () => {
    await platform.record(
      callOf('a1', 'large', { cost: nanoUsd(10n), durationMs: 100 }),
      callOf('c1', 'mini', { cost: nanoUsd(0n), durationMs: 1, cache: 'hit' }),
      callOf('c2', 'mini', { cost: nanoUsd(0n), durationMs: 1, cache: 'semantic' }),
      callOf('c3', 'mini', { startedAtMs: startMs + DAY_MS }),
      callOf('c4', 'mini', { decision: null }),
      callOf('c5', 'mini', { orgId: 'org_b' }),
    );
    expect(await ask()).toEqual(expected);
    const only = { calls: 1, costVariance: 0, latency: { count: 1, variance: 0 } };
    expect(await ask('org_b')).toMatchObject({ variants: [{ variant: 'mini', ...only }] });
    expect(await ask('org_a', "exp_1' OR '1' = '1")).toEqual({ variants: [] });
  });

  it('[EX-003] have corrected costs, and no latency where every call failed', async () => {
    const orgId = 'org_corrected';
    await platform.record(callOf('d1', 'mini', { orgId, cost: nanoUsd(5n), status: 500 }));
    await platform.adjust({ requestId: 'd1', orgId, difference: nanoUsd(-2n), startedAtMs: startMs });
    const latency = { count: 0, mean: 0, variance: 0, p50: 0, p95: 0 };
    expect(await ask(orgId)).toMatchObject({ variants: [{ calls: 1, errors: 1, cost: 3n, latency }] });
  });

  it('are for administrators', async () => {
    const member = { ...adminOf('org_a'), role: 'member' as const };
    const asked = bus.request(queryExperimentV1, { actor: member, experimentId: 'exp_1', ...range });
    await expect(asked).rejects.toMatchObject({ code: 'permission_denied' });
  });
});
