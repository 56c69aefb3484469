import { createTopUpV1, createWalletV1, listTopUpsV1, updateWalletV1, type Actor } from '@ao/contracts';
import { sleep } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { admin, chargeOf, usd, WalletHarness } from './harness.suite.js';

/** Other work may share the processors. */
const SLOW_MS = 60_000;
const DAY_MS = 86_400_000;
const member: Actor = { ...admin, role: 'member' };
const stranger: Actor = { orgId: 'org_2', keyId: 'key_9', role: 'owner' };

describe('prepaid credits', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start());
  afterEach(() => wallet.assertLaws());
  afterAll(() => wallet.stop());

  const bare = (walletId: string) => ({ walletId, leaseId: null, reserved: usd(0) });
  const sweep = (): Promise<number> => wallet.expireCredits();
  const topUps = async (walletId: string): Promise<unknown[]> =>
    (await wallet.one.bus.request(listTopUpsV1, { actor: admin, walletId })).data.map((topUp) => [
      Number(topUp.amount),
      Number(topUp.expired),
      topUp.unspent === null ? null : Number(topUp.unspent),
    ]);

  it('[BX-019] are credited once when the same top-up is sent twenty times at once through two replicas', async () => {
    const walletId = await wallet.createPrepaid(0);
    const two = await wallet.startReplica();
    const call = { idempotencyKey: 'pay-1', reference: 'invoice 7' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => wallet.topUp(walletId, 50, call, index % 2 ? two : wallet.one)),
    );
    const later = await wallet.topUp(walletId, 50, call);
    for (const answer of [...answers, later]) expect(answer).toEqual(answers[0]);
    expect(await wallet.balance(walletId)).toMatchObject({
      kind: 'prepaid',
      limit: null,
      credited: 50n,
      available: 50n,
      usedPercent: null,
    });
    await expect(wallet.topUp(walletId, 51, call)).rejects.toMatchObject({ code: 'conflict' });
    await expect(wallet.topUp(walletId, 50, { idempotencyKey: 'pay-1' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await topUps(walletId)).toEqual([[50, 0, null]]);
    const isAudited = ({ action, targetId }: { action: string; targetId: string }) =>
      action === 'wallet.top_up' && targetId === walletId;
    await waitFor(() => [wallet.one, two].some(({ actions }) => actions.some(isAudited)));
    await two.stop();
  });

  it(
    '[BX-019] [WL-003] are never passed by 200 parallel holds, as leaf and as ancestor',
    async () => {
      const two = await wallet.startReplica();
      const parent = await wallet.createPrepaid(100);
      const leaf = await wallet.createPrepaid(1_000, { parentId: parent });
      for (const walletId of [await wallet.createPrepaid(100), leaf]) {
        const answers = await Promise.all(
          Array.from({ length: 200 }, async (_, index) => {
            await sleep(index % 20);
            return wallet.acquire(walletId, 1, {}, index % 2 ? two : wallet.one);
          }),
        );
        expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(100);
      }
      await two.stop();
      expect(await wallet.balance(parent)).toMatchObject({ held: 100n, available: 0n });
      expect(await wallet.balance(leaf)).toMatchObject({ held: 100n, available: 900n });
    },
    SLOW_MS,
  );

  it('[BX-019] are spent like a budget, and without any the wallet refuses: it is never unlimited', async () => {
    const walletId = await wallet.createPrepaid(0, { name: 'Customer' });
    const refusal = { kind: 'refused', reason: 'exhausted', walletName: 'Customer', shortfall: 7n };
    expect(await wallet.acquire(walletId, 7)).toMatchObject(refusal);
    await wallet.topUp(walletId, 10);
    const lease = (await wallet.hold(walletId, 7)).get(walletId)!;
    await wallet.settle(wallet.report(5, [chargeOf(lease)]));
    await wallet.settle(wallet.report(9, [bare(walletId)]));
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 14n, held: 2n, available: -6n, overdraftUsed: 4n });
    const kinds = (await wallet.entries(walletId)).map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['overage', 'top_up', 'usage']);
  });

  it('[BX-019] look like an empty budget to a version that does not know them', async () => {
    const walletId = await wallet.createPrepaid(10);
    const { rows } = await wallet.database.pool.query('SELECT spend_limit FROM wallet WHERE id = $1', [walletId]);
    expect(rows).toEqual([{ spend_limit: '0' }]);
  });

  it('[BX-019] that expire are spent first, and what is unused of them is taken back at the instant', async () => {
    const walletId = await wallet.createPrepaid(100);
    await wallet.topUp(walletId, 30, { expiresAt: wallet.in(2 * DAY_MS) });
    await wallet.topUp(walletId, 20, { expiresAt: wallet.in(DAY_MS) });
    await wallet.settle(wallet.report(25, [bare(walletId)]));
    expect(await topUps(walletId)).toEqual([
      [20, 0, 0],
      [30, 0, 25],
      [100, 0, null],
    ]);
    expect(await wallet.balance(walletId)).toMatchObject({ nextExpiryAt: wallet.in(2 * DAY_MS), available: 125n });
    wallet.clock.advanceMs(2 * DAY_MS - 1);
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 150n, available: 125n });
    wallet.clock.advanceMs(1);
    // No job has run: readers see it all the same, and so does the next hold.
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 125n, available: 100n, nextExpiryAt: null });
    expect(await wallet.acquire(walletId, 101)).toMatchObject({ kind: 'refused', shortfall: 1n });
    expect(await topUps(walletId)).toEqual([
      [20, 0, 0],
      [30, 25, 0],
      [100, 0, null],
    ]);
    const [expiry] = await wallet.entries(walletId, { kind: 'expiry' });
    expect(expiry).toMatchObject({ amount: 25n, credited: -25n, spent: 0n, debitAccount: `credit:${walletId}` });
  });

  it('[BX-019] that expire pay for nothing that was spent before they came', async () => {
    const walletId = await wallet.createPrepaid(100);
    await wallet.settle(wallet.report(60, [bare(walletId)]));
    await wallet.topUp(walletId, 50, { expiresAt: wallet.in(DAY_MS) });
    wallet.clock.advanceMs(DAY_MS);
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 100n, available: 40n });
    await sweep();
  });

  it('[BX-019] that have expired pay for nothing that is posted later, even before a job has taken them back', async () => {
    const walletId = await wallet.createPrepaid(100);
    await wallet.topUp(walletId, 30, { expiresAt: wallet.in(DAY_MS) });
    wallet.clock.advanceMs(DAY_MS);
    await wallet.settle(wallet.report(10, [bare(walletId)]));
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 100n, spent: 10n, available: 90n });
  });

  it('[BX-019] that expire pay a debt that was there before, and only that', async () => {
    const walletId = await wallet.createPrepaid(10);
    await wallet.settle(wallet.report(40, [bare(walletId)]));
    await wallet.topUp(walletId, 100, { expiresAt: wallet.in(DAY_MS) });
    await wallet.topUp(walletId, 5);
    expect(await wallet.balance(walletId)).toMatchObject({ available: 75n });
    wallet.clock.advanceMs(DAY_MS);
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 45n, available: 5n });
    await sweep();
  });

  it('[BX-019] that leases hold at the expiry may still be spent; what comes back unspent is taken', async () => {
    const walletId = await wallet.createPrepaid(40, {});
    await wallet.topUp(walletId, 60, { expiresAt: wallet.in(30_000) });
    const lease = (await wallet.hold(walletId, 50)).get(walletId)!;
    wallet.clock.advanceMs(30_000);
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 90n, held: 50n, available: 40n });
    await sweep();
    await wallet.settle(wallet.report(20, [chargeOf(lease)]));
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 90n, spent: 20n, held: 30n, available: 40n });
    await wallet.sync({ returns: [{ leaseId: lease.leaseId, sequence: 1, amount: usd(30), close: true }] });
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 60n, spent: 20n, held: 0n, available: 40n });
    expect(await wallet.acquire(walletId, 41)).toMatchObject({ kind: 'refused', shortfall: 1n });
    expect((await wallet.entries(walletId, { kind: 'expiry' })).map(({ amount }) => Number(amount))).toEqual([30, 10]);
  });

  it(
    '[BX-019] are taken back once by sweepers and users that race at the instant of expiry',
    async () => {
      const two = await wallet.startReplica();
      const ids = await Promise.all(Array.from({ length: 12 }, () => wallet.createPrepaid(10)));
      await Promise.all(ids.map((walletId) => wallet.topUp(walletId, 30, { expiresAt: wallet.in(DAY_MS) })));
      wallet.clock.advanceMs(DAY_MS);
      const uses = ids.flatMap((walletId, index) => [
        wallet.acquire(walletId, 1, {}, index % 2 ? two : wallet.one),
        wallet.settle(wallet.report(1, [bare(walletId)]), undefined, index % 2 ? wallet.one : two),
        wallet.topUp(walletId, 1, { expiresAt: wallet.in(DAY_MS) }, two),
      ]);
      await Promise.all([...uses, sweep(), sweep(), sweep()]);
      await sweep();
      await two.stop();
      for (const walletId of ids) {
        expect(await wallet.balance(walletId)).toMatchObject({ credited: 11n, spent: 1n, held: 1n, available: 9n });
        expect(await wallet.entries(walletId, { kind: 'expiry' })).toMatchObject([{ amount: 30n }]);
      }
    },
    SLOW_MS,
  );

  it('[BX-019] ask for a top-up once, until one answers', async () => {
    const autoTopUp = { below: usd(20), amount: usd(50) };
    const walletId = await wallet.createPrepaid(30, { autoTopUp, name: 'Customer' });
    const requests = () => wallet.one.topUpRequests.filter((request) => request.walletId === walletId);
    const { leaseId } = (await wallet.hold(walletId, 10)).get(walletId)!;
    expect(requests()).toEqual([]);
    await wallet.hold(walletId, 1);
    await wallet.hold(walletId, 1);
    await waitFor(() => requests().length > 0);
    // Money that leases give back is none that came, and neither are a few coins.
    await wallet.sync({ returns: [{ leaseId, sequence: 1, amount: usd(10), close: true }] });
    await wallet.hold(walletId, 12);
    await wallet.topUp(walletId, 1);
    expect(await wallet.acquire(walletId, 60)).toMatchObject({ kind: 'refused' });
    expect(requests()).toHaveLength(1);
    expect(requests()[0]).toMatchObject({ walletName: 'Customer', available: 19n, below: 20n, amount: 50n });
    await wallet.topUp(walletId, 50, { idempotencyKey: requests()[0]!.topUpRequestId });
    await wallet.hold(walletId, 50);
    await waitFor(() => requests().length > 1);
    expect(new Set(requests().map(({ topUpRequestId }) => topUpRequestId)).size).toBe(2);
    await wallet.one.bus.request(updateWalletV1, { actor: admin, walletId, autoTopUp: null });
    await wallet.hold(walletId, 1);
    expect(requests()).toHaveLength(2);
  });

  it('[BX-019] that are all gone ask for a top-up as well: whoever is refused needs money', async () => {
    const walletId = await wallet.createPrepaid(0, { autoTopUp: { below: usd(5), amount: usd(9) } });
    await wallet.acquire(walletId, 1);
    await waitFor(() => wallet.one.topUpRequests.some((request) => request.walletId === walletId));
  });

  it('[BX-019] belong to admins and owners of the wallet’s organisation, and to prepaid wallets', async () => {
    const walletId = await wallet.createPrepaid(0);
    const budget = await wallet.createWallet();
    const top = (call: object): Promise<unknown> => wallet.topUp(walletId, 1, call);
    await expect(top({ actor: member })).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(top({ actor: stranger })).rejects.toMatchObject({ code: 'not_found' });
    await expect(top({ walletId: budget })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'id' });
    await expect(top({ amount: usd(0) })).rejects.toMatchObject({ param: 'amount_usd' });
    await expect(top({ amount: usd(-5) })).rejects.toMatchObject({ param: 'amount_usd' });
    await expect(top({ expiresAt: wallet.in(0) })).rejects.toMatchObject({ param: 'expires_at' });
    const list = (actor: Actor) => wallet.one.bus.request(listTopUpsV1, { actor, walletId });
    await expect(list(member)).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(list(stranger)).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    ['a limit', { limit: usd(5) }, 'limit_usd'],
    ['a period', { period: 'month' as const }, 'period'],
    ['an overdraft', { overdraftPercent: 5 }, 'overdraft_percent'],
    ['a scope', { scope: {} }, 'scope'],
    ['an automatic top-up of nothing', { autoTopUp: { below: usd(1), amount: usd(0) } }, 'auto_top_up'],
  ])('are not for a wallet with %s', async (_case, settings, param) => {
    await expect(wallet.createPrepaid(0, { limit: null, ...settings })).rejects.toMatchObject({ param });
    const walletId = await wallet.createPrepaid(0);
    if (!('limit' in settings || 'overdraftPercent' in settings || 'autoTopUp' in settings)) return;
    const change = wallet.one.bus.request(updateWalletV1, { actor: admin, walletId, ...settings });
    await expect(change).rejects.toMatchObject({ param });
  });

  it('[BX-019] stay prepaid when an update sets no limit', async () => {
    const walletId = await wallet.createPrepaid(5);
    await wallet.one.bus.request(updateWalletV1, { actor: admin, walletId, limit: null, name: 'New' });
    expect(await wallet.acquire(walletId, 6)).toMatchObject({ kind: 'refused', walletName: 'New', shortfall: 1n });
  });

  it('do not stand in the way of budgets below or above them', async () => {
    const parent = await wallet.createPrepaid(100);
    const child = await wallet.createWallet({ parentId: parent, limit: usd(500) });
    expect(await wallet.acquire(child, 101)).toMatchObject({ kind: 'refused', walletId: parent, shortfall: 1n });
    const leases = await wallet.hold(child, 40);
    await wallet.settle(
      wallet.report(
        40,
        [...leases.values()].map((lease) => chargeOf(lease)),
      ),
    );
    expect(await wallet.balance(parent)).toMatchObject({ spent: 40n, available: 60n });
    expect(await wallet.balance(child)).toMatchObject({ spent: 40n, available: 460n });
  });

  it('[WL-002] leave the idempotency keys of budgets as they were before there were prepaid wallets', async () => {
    const call = { actor: admin, name: 'Once', idempotencyKey: 'key-before', limit: usd(5) };
    const { wallet: made } = await wallet.one.bus.request(createWalletV1, call);
    const { rows } = await wallet.database.pool.query<{ print: string }>(
      'SELECT idempotency_fingerprint AS print FROM wallet WHERE id = $1',
      [made.id],
    );
    expect(rows).toEqual([{ print: FINGERPRINT_BEFORE }]);
  });

  it('end a top-up that two replicas are asked for at once under different requests with one of them', async () => {
    const walletId = await wallet.createPrepaid(0);
    const two = await wallet.startReplica();
    const pay = (amount: number, by: typeof two) =>
      by.bus.request(createTopUpV1, { actor: admin, walletId, idempotencyKey: 'same', amount: usd(amount) });
    const results = await Promise.allSettled([pay(5, wallet.one), pay(6, two)]);
    await two.stop();
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect([5n, 6n]).toContain((await wallet.balance(walletId)).credited);
  });
});

/** Of a request of the version before; a change of it would refuse requests that are repeated after an upgrade. */
const FINGERPRINT_BEFORE = 'e9ede9348ea062e1108c50b01ce241cf7f0a22c5743ad12be0459a52fc7890cb';
