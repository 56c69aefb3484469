import { summariseChargesV1, type Actor, type UsageReport } from '@ao/contracts';
import { nanoUsd } from '@ao/kernel';
import { report, startPlatform, type Platform } from './platform.suite.js';

const admin: Actor = { orgId: 'org_a', keyId: 'key_admin', role: 'admin' };
const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

const calls: UsageReport[] = Array.from({ length: 60 }, (_, index) =>
  report({
    requestId: `req_${index}`,
    orgId: index % 10 === 9 ? 'org_b' : 'org_a',
    teamId: index % 3 === 0 ? null : `team_${index % 3}`,
    charges:
      index % 5 === 0
        ? []
        : [`wal_${index % 2}`, 'wal_root'].map((walletId) => ({ walletId, leaseId: null, reserved: nanoUsd(1n) })),
    model: index % 2 ? 'gpt-4o' : 'claude',
    provider: index % 2 ? 'openai' : 'anthropic',
    priceId: 'prc_elsewhere',
    cost: nanoUsd(BigInt(index) * 1_001n),
    startedAtMs: START + index * HOUR_MS,
  }),
);

describe('the sums of the request log', () => {
  let platform: Platform;
  beforeAll(async () => {
    // The calls of this file are older than the log would keep them.
    platform = await startPlatform({ REQUEST_LOG_RETENTION_DAYS: '36500' });
    await platform.report(calls);
  });
  afterAll(() => platform.stop());

  const at = (hours: number): string => new Date(START + hours * HOUR_MS).toISOString();
  const summarise = (hours: [number, number], call: object = {}) =>
    platform.bus.request(summariseChargesV1, { actor: admin, from: at(hours[0]), to: at(hours[1]), ...call });

  it('[WL-012] are those of its calls, to the nano-dollar, from the first instant until before the last', async () => {
    const { rows } = await summarise([10, 40]);
    const expected = new Map<string, { calls: number; cost: bigint }>();
    for (const call of calls.slice(10, 40).filter(({ orgId }) => orgId === 'org_a')) {
      const group = [call.teamId, call.charges[0]?.walletId ?? null, call.provider, call.model].join();
      const { calls: count, cost } = expected.get(group) ?? { calls: 0, cost: 0n };
      expected.set(group, { calls: count + 1, cost: cost + call.cost });
    }
    const found = rows.map(({ teamId, walletId, provider, model, ...sums }) => [
      [teamId, walletId, provider, model].join(),
      sums,
    ]);
    expect(new Map(found as [string, object][])).toEqual(expected);
    expect(rows).toHaveLength(expected.size);
  });

  it('[WL-012] are those of one team, or of an organisation that has none', async () => {
    const { rows } = await summarise([0, 60], { teamId: 'team_1' });
    expect(new Set(rows.map(({ teamId }) => teamId))).toEqual(new Set(['team_1']));
    expect((await summarise([0, 60], { actor: { ...admin, orgId: 'org_c' } })).rows).toEqual([]);
  });

  it('[WL-012] are for admins, and bounded', async () => {
    const member = summarise([0, 60], { actor: { ...admin, role: 'member' } });
    await expect(member).rejects.toMatchObject({ code: 'permission_denied' });
    const many = Array.from({ length: 2_001 }, (_, index) =>
      report({ requestId: `many_${index}`, orgId: 'org_many', model: `model-${index}`, startedAtMs: START }),
    );
    await platform.report(many);
    const all = summarise([0, 1], { actor: { ...admin, orgId: 'org_many' } });
    await expect(all).rejects.toMatchObject({ code: 'invalid_parameter', param: 'from' });
  });
});
