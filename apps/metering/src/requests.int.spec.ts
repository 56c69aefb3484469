import {
  getRequestV1,
  listRequestsV1,
  type Actor,
  type CallOf,
  type RequestLogRow,
  type UsageReport,
} from '@ao/contracts';
import { nanoUsd } from '@ao/kernel';
import { report, startPlatform, type Platform } from './platform.suite.js';

const admin: Actor = { orgId: 'org_a', keyId: 'key_admin', role: 'admin' };
const member: Actor = { orgId: 'org_a', keyId: 'key_1', role: 'member' };
const START = Date.UTC(2026, 0, 1);
const SORTS = ['started_at', '-started_at', 'cost', '-cost', 'latency', '-latency'] as const;
type Filters = Omit<CallOf<typeof listRequestsV1>, 'actor'>;

/** Calls with many ties in every sorted field, so that only the id tells them apart. */
const calls: UsageReport[] = Array.from({ length: 60 }, (_, index) =>
  report({
    requestId: `req_${String(index).padStart(3, '0')}`,
    orgId: index % 10 === 9 ? 'org_b' : 'org_a',
    teamId: index % 3 === 0 ? 'team_x' : 'team_y',
    keyId: `key_${index % 4}`,
    charges: [
      { walletId: `wal_${index % 5}`, leaseId: null, reserved: nanoUsd(1n) },
      { walletId: 'wal_root', leaseId: null, reserved: nanoUsd(1n) },
    ],
    // Some from gateways that do not tell it.
    ...(index % 4 > 0 && { costCenter: index % 4 === 1 ? null : `cc-${index % 4}` }),
    model: index % 2 ? 'gpt-4o' : 'claude',
    provider: index % 2 ? 'openai' : 'anthropic',
    tags: index % 6 === 0 ? ['batch', 'nightly'] : [],
    correlationId: `corr_${index % 9}`,
    status: index % 7 === 0 ? 429 : 200,
    priceId: 'prc_elsewhere',
    cost: nanoUsd(BigInt(index % 8) * 1_000n),
    durationMs: (index % 5) + 0.1,
    startedAtMs: START + (index % 12) * 1_000,
    decision: { strategy: 'cheapest', candidates: [{ deploymentId: 'dep_1', dropped: null }] },
  }),
);
const ofOrgA = calls.filter(({ orgId }) => orgId === 'org_a');

describe('the request log', () => {
  let platform: Platform;
  beforeAll(async () => {
    // The calls of this file are older than the log would keep them.
    platform = await startPlatform({ REQUEST_LOG_RETENTION_DAYS: '36500' });
    await platform.report(calls);
  });
  afterAll(() => platform.stop());

  async function readAll(actor: Actor, filters: Filters = {}): Promise<RequestLogRow[]> {
    const rows: RequestLogRow[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: RequestLogRow[]; nextCursor: string | null } = await platform.bus.request(listRequestsV1, {
        limit: 7,
        ...filters,
        actor,
        ...(cursor && { cursor }),
      });
      expect(page.data.length).toBeLessThanOrEqual(7);
      rows.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor);
    return rows;
  }
  const ids = (rows: { requestId: string }[]): string[] => rows.map(({ requestId }) => requestId);

  it.each(SORTS)('[MT-012] pages sorted by %s without gaps or repeats, ties included', async (sort) => {
    const field = { started_at: 'startedAtMs', cost: 'cost', latency: 'durationMs' } as const;
    const of = field[sort.replace('-', '') as keyof typeof field];
    const direction = sort.startsWith('-') ? -1 : 1;
    const compare = <T>(a: T, b: T): number => (a === b ? 0 : a < b ? -direction : direction);
    const expected = ofOrgA.toSorted(
      (a, b) => compare<number | bigint>(a[of], b[of]) || compare(a.requestId, b.requestId),
    );
    expect(ids(await readAll(admin, { sort }))).toEqual(ids(expected));
  });

  it.each<[string, Filters, (call: UsageReport) => boolean]>([
    [
      'team and status',
      { teamId: 'team_x', statusMin: 400, statusMax: 499 },
      (c) => c.teamId === 'team_x' && c.status === 429,
    ],
    ['key', { keyId: 'key_2' }, (c) => c.keyId === 'key_2'],
    ['wallet', { walletId: 'wal_3' }, (c) => c.charges[0]!.walletId === 'wal_3'],
    ['a wallet above', { walletId: 'wal_root' }, () => true],
    ['cost center [WL-016]', { costCenter: 'cc-3' }, (c) => c.costCenter === 'cc-3'],
    ['model', { model: 'claude' }, (c) => c.model === 'claude'],
    ['provider', { provider: 'openai' }, (c) => c.provider === 'openai'],
    ['tag', { tag: 'nightly' }, (c) => c.tags.includes('nightly')],
    ['the id that its caller gave', { correlationId: 'corr_7' }, (c) => c.correlationId === 'corr_7'],
    ['success', { statusMax: 399 }, (c) => c.status === 200],
    [
      'time, its end excluded',
      { from: new Date(START + 2_000).toISOString(), to: new Date(START + 5_000).toISOString() },
      (c) => c.startedAtMs >= START + 2_000 && c.startedAtMs < START + 5_000,
    ],
    ['what nothing has', { tag: 'no-such-tag' }, () => false],
  ])('[MT-012] filters by %s and returns only those rows', async (_name, filters, matches) => {
    expect(ids(await readAll(admin, filters)).toSorted()).toEqual(ids(ofOrgA.filter(matches)));
  });

  it('[MT-012] keeps pages stable while new requests arrive', async () => {
    const actor: Actor = { ...admin, orgId: 'org_c' };
    const older = calls.slice(0, 10).map((call) => ({ ...call, orgId: 'org_c', requestId: `old_${call.requestId}` }));
    await platform.report(older);
    const first = await platform.bus.request(listRequestsV1, { actor, limit: 4 });
    await platform.report(
      older.map((call) => ({ ...call, requestId: `new_${call.requestId}`, startedAtMs: START + 60_000 })),
    );
    const rest = await platform.bus.request(listRequestsV1, { actor, limit: 500, cursor: first.nextCursor! });
    expect(ids([...first.data, ...rest.data]).toSorted()).toEqual(ids(older).toSorted());
  });

  it('[MT-012] gives one request with its routing, its price and its cost', async () => {
    const { request } = await platform.bus.request(getRequestV1, { actor: admin, requestId: 'req_001' });
    expect(request).toEqual({ ...calls[1], costBasis: 'reported' });
  });

  it('[MT-012] shows no request of another organisation', async () => {
    const stranger: Actor = { ...admin, orgId: 'org_b' };
    expect((await readAll(stranger)).every(({ orgId }) => orgId === 'org_b')).toBe(true);
    expect(await readAll({ ...admin, orgId: 'org_unknown' })).toEqual([]);
    const asked = platform.bus.request(getRequestV1, { actor: stranger, requestId: 'req_001' });
    await expect(asked).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['member', 'viewer'] as const)('[MT-012] shows a %s the requests of its own key only', async (role) => {
    const actor = { ...member, role };
    expect(ids(await readAll(actor)).toSorted()).toEqual(ids(ofOrgA.filter(({ keyId }) => keyId === 'key_1')));
    expect(await readAll(actor, { keyId: 'key_2' })).toEqual([]);
    await expect(platform.bus.request(getRequestV1, { actor, requestId: 'req_002' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await platform.bus.request(getRequestV1, { actor, requestId: 'req_001' })).request.keyId).toBe('key_1');
  });

  it('refuses a cursor of another sort, or one that it never gave out', async () => {
    const { nextCursor } = await platform.bus.request(listRequestsV1, { actor: admin, limit: 1 });
    for (const cursor of [nextCursor!, 'bm9uc2Vuc2U', '%%%']) {
      const asked = platform.bus.request(listRequestsV1, { actor: admin, sort: 'cost', cursor });
      await expect(asked).rejects.toMatchObject({ code: 'invalid_parameter', param: 'cursor' });
    }
  });
});
