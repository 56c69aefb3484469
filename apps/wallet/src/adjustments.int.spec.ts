import { createAdjustmentV1, listEntriesV1, updateWalletV1, type Actor } from '@ao/contracts';
import { waitFor } from '@ao/testing';
import { admin, chargeOf, usd, WalletHarness } from './harness.suite.js';

const DAY_MS = 86_400_000;
const member: Actor = { ...admin, role: 'member' };
const stranger: Actor = { orgId: 'org_2', keyId: 'key_9', role: 'owner' };

describe('corrections', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start());
  afterEach(() => wallet.assertLaws());
  afterAll(() => wallet.stop());

  const bare = (walletId: string) => ({ walletId, leaseId: null, reserved: usd(0) });
  const family = async (): Promise<{ root: string; child: string }> => {
    const root = await wallet.createWallet({ name: 'Root' });
    return { root, child: await wallet.createWallet({ parentId: root, period: 'day' }) };
  };

  it('[WL-001] by hand move the whole path once, however often and wherever they are sent', async () => {
    const { root, child } = await family();
    await wallet.settle(wallet.report(30, [bare(child), bare(root)]));
    const two = await wallet.startReplica();
    const call = { idempotencyKey: 'ticket-7', reason: 'Answers were empty.', requestId: 'req_7' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => wallet.adjust(child, -12, call, index % 2 ? two : wallet.one)),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    for (const walletId of [child, root]) {
      expect(await wallet.balance(walletId)).toMatchObject({ spent: 18n, available: 82n });
    }
    const [entry, ...rest] = await wallet.entries(root, { kind: 'adjustment' });
    expect(rest).toEqual([]);
    expect(entry).toMatchObject({
      amount: 12n,
      spent: -12n,
      credited: 0n,
      requestId: 'req_7',
      note: 'Answers were empty.',
      debitAccount: `passed-up:${child}`,
      creditAccount: `wallet:${root}`,
    });
    await expect(wallet.adjust(child, -13, call)).rejects.toMatchObject({ code: 'conflict' });
    // Whichever of the replicas published it.
    const replicas = [wallet.one, two];
    await waitFor(() => replicas.some(({ actions }) => actions.some(({ action }) => action === 'wallet.adjust')));
    const isRefund = (entry: { walletId: string; amount: bigint }) => entry.walletId === root && entry.amount === -12n;
    await waitFor(() => replicas.some(({ entries }) => entries.some(isRefund)));
    await two.stop();
  });

  it('[WL-001] may bring spending below zero, and what a refund gives can be spent', async () => {
    const walletId = await wallet.createWallet();
    await wallet.adjust(walletId, -50);
    expect(await wallet.balance(walletId)).toMatchObject({ spent: -50n, available: 150n });
    const lease = (await wallet.hold(walletId, 150)).get(walletId)!;
    await wallet.settle(wallet.report(150, [chargeOf(lease)]));
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 100n, available: 0n });
  });

  it('[WL-005] may pass the limit, and cross thresholds like any spending', async () => {
    const walletId = await wallet.createWallet({ thresholdsPercent: [80] });
    await wallet.adjust(walletId, 120);
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 120n, available: -20n });
    await waitFor(() => wallet.one.crossings.some((crossing) => crossing.walletId === walletId));
  });

  it('[BX-019] give a prepaid wallet money that does not expire', async () => {
    const walletId = await wallet.createPrepaid(0);
    await wallet.topUp(walletId, 50, { expiresAt: wallet.in(DAY_MS) });
    await wallet.settle(wallet.report(30, [bare(walletId)]));
    await wallet.adjust(walletId, -10);
    expect(await wallet.balance(walletId)).toMatchObject({ available: 30n });
    wallet.clock.advanceMs(DAY_MS);
    expect(await wallet.balance(walletId)).toMatchObject({ credited: 30n, spent: 20n, available: 10n });
    await wallet.adjust(walletId, 10);
    expect(await wallet.balance(walletId)).toMatchObject({ available: 0n });
  });

  it('by hand belong to admins and owners of the organisation, and need an amount', async () => {
    const walletId = await wallet.createWallet();
    await expect(wallet.adjust(walletId, 1, { actor: member })).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(wallet.adjust(walletId, 1, { actor: stranger })).rejects.toMatchObject({ code: 'not_found' });
    await expect(wallet.adjust(walletId, 0)).rejects.toMatchObject({ param: 'amount_usd' });
    await expect(wallet.adjust(walletId, 1_000_000_000_000_001)).rejects.toMatchObject({ param: 'amount_usd' });
    const list = (actor: Actor) => wallet.one.bus.request(listEntriesV1, { actor, walletId });
    await expect(list(member)).rejects.toMatchObject({ code: 'permission_denied' });
    await expect(list(stranger)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('of two replicas asked under one key for different ones at once make one', async () => {
    const walletId = await wallet.createWallet();
    const two = await wallet.startReplica();
    const ask = (amount: number, by: typeof two) =>
      by.bus.request(createAdjustmentV1, {
        actor: admin,
        walletId,
        idempotencyKey: 'same',
        amount: usd(amount),
        reason: 'why',
      });
    const results = await Promise.allSettled([ask(5, wallet.one), ask(6, two)]);
    await two.stop();
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('[MT-007] of a call’s cost land on the wallets and in the periods that it was charged to, once', async () => {
    wallet.clock.advanceMs(Date.parse('2026-03-31T23:00:00Z') - wallet.clock.nowMs());
    const root = await wallet.createWallet({ period: 'month' });
    const child = await wallet.createWallet({ parentId: root, period: 'day' });
    const report = wallet.report(30, [bare(child), bare(root)]);
    await wallet.settle(report);
    wallet.clock.advanceMs(3 * DAY_MS);
    const two = await wallet.startReplica();
    const correction = await wallet.correct({
      requestId: report.requestId,
      walletIds: [child, root],
      difference: usd(-11),
    });
    await Promise.all([wallet.correct(correction, two), wallet.correct(correction)]);
    await wallet.database.pool.query('DELETE FROM inbox');
    await wallet.correct(correction);
    await two.stop();
    expect(await wallet.balance(child)).toMatchObject({ spent: 0n });
    const entries = [await wallet.entries(child), await wallet.entries(root)].map((list) =>
      list.map(({ kind, spent, periodKey, creditAccount, debitAccount }) =>
        [kind, spent, periodKey, kind === 'adjustment' ? debitAccount : creditAccount].join(' '),
      ),
    );
    expect(entries).toEqual([
      ['adjustment -11 2026-03-31 provider:openai', 'overage 30 2026-03-31 provider:openai'],
      [`adjustment -11 2026-03 passed-up:${child}`, `overage 30 2026-03 passed-up:${child}`],
    ]);
  });

  it('[MT-007] of a call that cost nothing land in the period of the call', async () => {
    wallet.clock.advanceMs(Date.parse('2026-04-30T23:00:00Z') - wallet.clock.nowMs());
    const walletId = await wallet.createWallet({ period: 'month' });
    const startedAtMs = wallet.clock.nowMs();
    wallet.clock.advanceMs(DAY_MS);
    const call = { requestId: 'req_free', walletIds: [walletId], startedAtMs };
    await wallet.correct({ ...call, difference: usd(9) });
    expect(await wallet.entries(walletId)).toMatchObject([{ kind: 'adjustment', spent: 9n, periodKey: '2026-04' }]);
  });

  it('of calls that were never charged, of other organisations, and of nothing leave the ledger as it is', async () => {
    const walletId = await wallet.createWallet();
    await wallet.correct({ requestId: 'req_unknown', walletIds: [walletId], difference: usd(-5) });
    await wallet.correct({ requestId: 'req_foreign', walletIds: [walletId], orgId: 'org_2', difference: usd(5) });
    await wallet.correct({ requestId: 'req_nothing', walletIds: [walletId], difference: usd(0) });
    await wallet.correct({ requestId: 'req_missing', walletIds: ['wal_none'], difference: usd(5) });
    expect(await wallet.entries(walletId)).toEqual([]);
  });
});

describe('the entries of a wallet', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start());
  afterAll(() => wallet.stop());

  it('[WL-001] are listed newest first, page by page, and what they add sums to the balance', async () => {
    const walletId = await wallet.createPrepaid(500);
    for (let day = 0; day < 4; day += 1) {
      await wallet.topUp(walletId, 10, { expiresAt: wallet.in(DAY_MS * 10) });
      await Promise.all([1, 2].map((cost) => wallet.settle(wallet.report(cost, [{ ...chargeOfNothing(walletId) }]))));
      wallet.clock.advanceMs(DAY_MS);
    }
    await wallet.adjust(walletId, -3);
    await wallet.one.bus.request(updateWalletV1, { actor: admin, walletId, name: 'Renamed' });
    const all = await wallet.entries(walletId);
    expect(all).toHaveLength(14);
    const order = all.map(({ postedAt, id }) => `${postedAt} ${id}`);
    expect(order).toEqual(order.toSorted().toReversed());
    const { spent, credited } = await wallet.balance(walletId);
    const sum = (field: 'spent' | 'credited'): bigint => all.reduce((total, entry) => total + entry[field], 0n);
    expect([sum('spent'), sum('credited')]).toEqual([spent, credited]);
    const day = (days: number): string => wallet.in(days * DAY_MS);
    expect(await wallet.entries(walletId, { from: day(-3), to: day(-1) })).toHaveLength(6);
    expect(await wallet.entries(walletId, { kind: 'top_up', from: day(-3) })).toHaveLength(3);
    const strange = { actor: admin, walletId, cursor: Buffer.from('no').toString('base64url') };
    await expect(wallet.one.bus.request(listEntriesV1, strange)).rejects.toMatchObject({ param: 'cursor' });
  });

  const chargeOfNothing = (walletId: string) => ({ walletId, leaseId: null, reserved: usd(0) });
});
