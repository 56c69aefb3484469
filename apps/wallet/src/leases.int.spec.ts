import { updateWalletV1 } from '@ao/contracts';
import { sleep } from '@ao/kernel';
import { SweepLeases } from './application/sweep-leases.js';
import { PostgresLedgerStore } from './adapters/postgres/ledger.store.js';
import { admin, chargeOf, usd, WalletHarness } from './harness.suite.js';

/** Other work may share the processors. */
const SLOW_MS = 60_000;
const TTL_AND_GRACE_MS = 180_000;

describe('budget leases', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start());
  afterEach(() => wallet.assertLaws());
  afterAll(() => wallet.stop());

  const sweep = (): Promise<number> =>
    new SweepLeases(new PostgresLedgerStore(wallet.database), wallet.clock, 120_000).execute();
  const kinds = (answers: { kind: string }[]): string => {
    const count = (kind: string): number => answers.filter((answer) => answer.kind === kind).length;
    return `${count('granted')} granted, ${count('refused')} refused`;
  };

  it(
    '[WL-003] grant exactly 100 of 200 parallel holds of 1 from 100, through two replicas, time after time',
    async () => {
      const two = await wallet.startReplica();
      for (let round = 1; round <= 5; round += 1) {
        const walletId = await wallet.createWallet({ limit: usd(100) });
        const answers = await Promise.all(
          Array.from({ length: 200 }, async (_, index) => {
            // Spread over many transactions that overlap: one large batch would decide alone.
            await sleep(index % 20);
            return wallet.acquire(walletId, 1, {}, index % 2 ? two : wallet.one);
          }),
        );
        expect(kinds(answers)).toBe('100 granted, 100 refused');
        expect(await wallet.balance(walletId)).toMatchObject({ held: 100n, available: 0n });
      }
      await two.stop();
    },
    SLOW_MS,
  );

  it('[WL-004] refuse with the shortfall when the wallet is empty', async () => {
    const walletId = await wallet.createWallet({ limit: usd(0), name: 'Empty' });
    expect(await wallet.acquire(walletId, 7)).toEqual({
      kind: 'refused',
      reason: 'exhausted',
      walletId,
      walletName: 'Empty',
      scoped: false,
      shortfall: 7n,
    });
  });

  it('[WL-008] hold on the whole path or not at all, and name the ancestor that is exhausted', async () => {
    const root = await wallet.createWallet({ limit: usd(50), name: 'Organisation' });
    const child = await wallet.createWallet({ limit: usd(50), parentId: root });
    const sibling = await wallet.createWallet({ limit: usd(50), parentId: root });
    await wallet.hold(sibling, 45);
    expect(await wallet.acquire(child, 10)).toMatchObject({ walletName: 'Organisation', shortfall: 5n });
    expect(await wallet.balance(child)).toMatchObject({ held: 0n });
    expect([...(await wallet.hold(child, 5)).keys()]).toEqual([child, root]);
  });

  it('[WL-009] reach into the overdraft, and no further', async () => {
    const within = await wallet.createWallet({ overdraftPercent: 10 });
    const lease = (await wallet.hold(within, 109)).get(within)!;
    await wallet.settle(wallet.report(109, [chargeOf(lease)]));
    expect(await wallet.balance(within)).toMatchObject({ available: 1n, overdraftUsed: 9n, usedPercent: 109 });
    const beyond = await wallet.createWallet({ overdraftPercent: 10 });
    expect(await wallet.acquire(beyond, 111)).toMatchObject({ kind: 'refused', shortfall: 1n });
  });

  it('leave money for others: a large wish gets a share of what is there, a needed minimum all of it', async () => {
    const cautious = await wallet.startReplica({ LEASE_SHARE_PERCENT_MAX: '10' });
    const walletId = await wallet.createWallet({ limit: usd(1_000) });
    const granted = async (amountMin: number): Promise<unknown> => {
      const answer = await wallet.acquire(walletId, 5_000, { amountMin: usd(amountMin) }, cautious);
      return answer.kind === 'granted' ? answer.leases.at(0)!.granted : answer.shortfall;
    };
    expect([await granted(1), await granted(1), await granted(700), await granted(111)]).toEqual([100n, 90n, 700n, 1n]);
    await cautious.stop();
  });

  it('answer an acquisition that is repeated as the first time, and give it to nobody else', async () => {
    const walletId = await wallet.createWallet();
    const call = { acquisitionId: wallet.id('acq') };
    const [first, ...again] = await Promise.all([1, 2, 3].map(() => wallet.acquire(walletId, 10, call)));
    const later = await wallet.acquire(walletId, 10, call);
    for (const answer of [...again, later]) expect(answer).toEqual(first);
    expect((await wallet.balance(walletId)).held).toBe(10n);
    const thief = wallet.acquire(walletId, 10, { ...call, gatewayId: 'gw_2' });
    await expect(thief).rejects.toMatchObject({ code: 'conflict' });
  });

  it('do not refuse a question for less because one under the same id, for more, was refused beside it', async () => {
    const walletId = await wallet.createWallet({ limit: usd(50) });
    const call = { acquisitionId: wallet.id('acq'), mayRecall: false };
    const answers = await Promise.all([60, 10].map((amount) => wallet.acquire(walletId, amount, call)));
    expect(answers).toMatchObject([
      { kind: 'refused', shortfall: 10n },
      { kind: 'granted', leases: [{ granted: 10n }] },
    ]);
  });

  it('answer a repeated acquisition as the first time across replicas', async () => {
    const walletId = await wallet.createWallet({ limit: usd(1_000) });
    const two = await wallet.startReplica();
    const pairs = await Promise.all(
      Array.from({ length: 20 }, () => {
        const call = { acquisitionId: wallet.id('acq') };
        return Promise.all([wallet.acquire(walletId, 10, call), wallet.acquire(walletId, 10, call, two)]);
      }),
    );
    await two.stop();
    for (const [here, there] of pairs) expect(there).toEqual(here);
    expect((await wallet.balance(walletId)).held).toBe(200n);
  });

  it('are refused for inactive, unknown and foreign wallets, and with negative amounts', async () => {
    const walletId = await wallet.createWallet({ name: 'Off' });
    const held = (await wallet.hold(walletId, 10)).get(walletId)!;
    await wallet.one.bus.request(updateWalletV1, { actor: admin, walletId, active: false });
    expect(await wallet.acquire(walletId, 1)).toMatchObject({ reason: 'inactive', walletName: 'Off' });
    expect(await wallet.sync({ renew: [held.leaseId] })).toEqual({ renewed: [], gone: [held.leaseId] });
    expect(await wallet.acquire('wal_none', 1)).toMatchObject({ reason: 'not_found' });
    expect(await wallet.acquire(walletId, 1, { orgId: 'org_2' })).toMatchObject({
      reason: 'not_found',
      walletName: '',
    });
    await expect(wallet.acquire(walletId, -1)).rejects.toMatchObject({ code: 'invalid_parameter' });
  });

  it('[WL-016] tell the cost centers of the path, not those of budgets with a scope', async () => {
    const root = await wallet.createWallet({ costCenter: 'cc-root' });
    const leaf = await wallet.createWallet({ parentId: root });
    const scoped = await wallet.createWallet({ scope: { tag: 'x' }, costCenter: 'cc-tag' });
    const answer = await wallet.acquire(leaf, 1, { budgets: [{ walletId: scoped, values: [] }] });
    const centers = answer.kind === 'granted' && answer.path.map(({ costCenter }) => costCenter);
    expect(centers).toEqual([null, 'cc-root', null]);
  });

  it('cost an unlimited wallet nothing, and skip where the gateway has enough', async () => {
    const root = await wallet.createWallet({ limit: usd(10), name: 'Root' });
    const leaf = await wallet.createWallet({ limit: null, parentId: root, name: 'Leaf', costCenter: 'cc-7' });
    expect(await wallet.acquire(leaf, 99, { skipWalletIds: [root] })).toEqual({
      kind: 'granted',
      path: [
        { walletId: leaf, name: 'Leaf', unlimited: true, costCenter: 'cc-7' },
        { walletId: root, name: 'Root', unlimited: false, costCenter: null },
      ],
      leases: [],
    });
    expect([...(await wallet.hold(leaf, 10)).keys()]).toEqual([root]);
  });

  it('take a return once per sequence, renew while they are open, and are gone for other gateways', async () => {
    const walletId = await wallet.createWallet();
    const { leaseId } = (await wallet.hold(walletId, 50)).get(walletId)!;
    const back = { leaseId, sequence: 1, amount: usd(20) };
    wallet.clock.advanceMs(30_000);
    const answer = { renewed: [{ leaseId, expiresAtMs: wallet.clock.nowMs() + 60_000 }], gone: [] };
    expect(await wallet.sync({ renew: [leaseId], returns: [back] })).toEqual(answer);
    await wallet.sync({ returns: [back] });
    expect((await wallet.balance(walletId)).held).toBe(30n);
    const other = await wallet.sync({ gatewayId: 'gw_2', renew: [leaseId], returns: [{ ...back, sequence: 2 }] });
    expect(other).toEqual({ renewed: [], gone: [leaseId] });
    const closing = { leaseId, sequence: 2, amount: usd(30), close: true };
    expect(await wallet.sync({ returns: [closing] })).toEqual({ renewed: [], gone: [] });
    expect(await wallet.sync({ renew: [leaseId], returns: [closing] })).toEqual({ renewed: [], gone: [leaseId] });
    expect((await wallet.balance(walletId)).held).toBe(0n);
    await expect(wallet.sync({ returns: [{ ...back, amount: usd(-1) }] })).rejects.toMatchObject({ param: 'returns' });
  });

  it('keep what a closing gateway has not reported yet until it arrives', async () => {
    const walletId = await wallet.createWallet();
    const lease = (await wallet.hold(walletId, 50)).get(walletId)!;
    await wallet.sync({ returns: [{ leaseId: lease.leaseId, sequence: 1, amount: usd(40), close: true }] });
    expect((await wallet.balance(walletId)).held).toBe(10n);
    await wallet.settle(wallet.report(10, [chargeOf(lease)]));
    expect(await wallet.balance(walletId)).toMatchObject({ held: 0n, spent: 10n });
  });

  it('[WL-010] of a crashed gateway are released after time to live and grace, not before, by one of two sweepers', async () => {
    const walletId = await wallet.createWallet();
    await wallet.hold(walletId, 60);
    wallet.clock.advanceMs(TTL_AND_GRACE_MS);
    await sweep();
    expect((await wallet.balance(walletId)).held).toBe(60n);
    wallet.clock.advanceMs(1);
    const swept = await Promise.all([sweep(), sweep()]);
    expect(swept.at(0)! + swept.at(1)!).toBeGreaterThanOrEqual(1);
    expect(await wallet.balance(walletId)).toMatchObject({ held: 0n, available: 100n });
  });

  it('[WL-010] that have expired do not stand in the way of the next hold, even before they are swept', async () => {
    const walletId = await wallet.createWallet();
    await wallet.hold(walletId, 100);
    expect(await wallet.acquire(walletId, 100)).toMatchObject({ kind: 'refused' });
    wallet.clock.advanceMs(TTL_AND_GRACE_MS + 1);
    expect(await wallet.acquire(walletId, 100)).toMatchObject({ kind: 'granted' });
  });

  it('[WL-007] come from the period of the wallet’s calendar; two replicas over midnight mark one reset', async () => {
    const midnightMs = Date.parse('2026-05-31T22:00:00Z');
    wallet.clock.advanceMs(midnightMs - 1 - wallet.clock.nowMs());
    const walletId = await wallet.createWallet({ period: 'month', timeZone: 'Europe/Berlin' });
    expect((await wallet.hold(walletId, 100)).get(walletId)!.periodEndsAtMs).toBe(midnightMs);
    wallet.clock.advanceMs(1);
    expect(await wallet.balance(walletId)).toMatchObject({ held: 0n, periodStartsAt: '2026-05-31T22:00:00.000Z' });
    const two = await wallet.startReplica();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => wallet.acquire(walletId, 10, {}, index % 2 ? two : wallet.one)),
    );
    await two.stop();
    expect(kinds(answers)).toBe('10 granted, 10 refused');
    const { rows } = await wallet.database.pool.query(
      `SELECT period_key, amount FROM entry WHERE kind = 'reset' AND wallet_id = $1`,
      [walletId],
    );
    expect(rows).toEqual([{ period_key: '2026-06', amount: '0' }]);
  });
});
