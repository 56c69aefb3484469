import { updateWalletV1 } from '@ao/contracts';
import { waitFor } from '@ao/testing';
import { admin, chargeOf, usd, WalletHarness } from './harness.suite.js';

describe('settlement', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start());
  afterEach(() => wallet.assertLaws());
  afterAll(() => wallet.stop());

  const entriesOf = async (walletId: string): Promise<unknown[]> => {
    const text = 'SELECT kind, amount::int, period_key FROM entry WHERE wallet_id = $1 ORDER BY kind DESC, amount';
    return (await wallet.database.pool.query<{ kind: string }>(text, [walletId])).rows;
  };
  const bare = (walletId: string) => ({ walletId, leaseId: null, reserved: usd(0) });

  it('[MT-007] charges the actual cost once on every wallet of the path, however often the event arrives', async () => {
    const root = await wallet.createWallet();
    const child = await wallet.createWallet({ parentId: root });
    const leases = await wallet.hold(child, 100);
    const report = wallet.report(20, [chargeOf(leases.get(child)!), chargeOf(leases.get(root)!)]);
    await Promise.all([1, 2, 3].map(() => wallet.settle(report)));
    // Told of again by another event, and after the inbox has forgotten the first.
    await wallet.settle(report, wallet.id('evt'));
    await wallet.database.pool.query('DELETE FROM inbox');
    await wallet.settle(report);
    for (const walletId of [child, root]) {
      expect(await wallet.balance(walletId)).toMatchObject({ spent: 20n, held: 80n });
      expect(await entriesOf(walletId)).toEqual([{ kind: 'usage', amount: 20, period_key: 'all' }]);
    }
    await wallet.sync({
      returns: [...leases.values()].map(({ leaseId }) => ({ leaseId, sequence: 1, amount: usd(80), close: true })),
    });
    expect(await wallet.balance(child)).toMatchObject({ spent: 20n, held: 0n, available: 80n });
    const accounts = await wallet.database.pool.query<{ account: string }>(
      'SELECT credit_account AS account FROM entry WHERE request_id = $1 ORDER BY 1',
      [report.requestId],
    );
    expect(accounts.rows.map(({ account }) => account)).toEqual([`passed-up:${child}`, 'provider:openai']);
  });

  it('[MT-007] settles one event delivered to two replicas at once a single time', async () => {
    const walletId = await wallet.createWallet({ limit: usd(1_000) });
    const lease = (await wallet.hold(walletId, 500)).get(walletId)!;
    const two = await wallet.startReplica();
    const reports = Array.from({ length: 30 }, () => wallet.report(10, [chargeOf(lease, usd(10))]));
    await Promise.all(reports.flatMap((report) => [wallet.settle(report), wallet.settle(report, undefined, two)]));
    await two.stop();
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 300n, held: 200n });
  });

  it('posts what exceeds the hold, and what no lease covers, as overage: nothing is dropped', async () => {
    const walletId = await wallet.createWallet();
    const lease = (await wallet.hold(walletId, 30)).get(walletId)!;
    await wallet.settle(wallet.report(35, [chargeOf(lease)]));
    await wallet.settle(wallet.report(4, [{ ...chargeOf(lease), leaseId: 'lse_unknown' }]));
    await wallet.settle(wallet.report(90, [bare(walletId)]));
    expect(await entriesOf(walletId)).toEqual([
      { kind: 'usage', amount: 30, period_key: 'all' },
      { kind: 'overage', amount: 4, period_key: 'all' },
      { kind: 'overage', amount: 5, period_key: 'all' },
      { kind: 'overage', amount: 90, period_key: 'all' },
    ]);
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 129n, held: 0n, available: -29n });
  });

  it('[WL-010] posts a call that is reported after its lease has expired', async () => {
    const walletId = await wallet.createWallet();
    const lease = (await wallet.hold(walletId, 30)).get(walletId)!;
    wallet.clock.advanceMs(180_001);
    await wallet.hold(walletId, 1);
    await wallet.settle(wallet.report(8, [chargeOf(lease)]));
    expect(await entriesOf(walletId)).toEqual([{ kind: 'overage', amount: 8, period_key: 'all' }]);
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 8n, held: 1n });
  });

  it('belongs to the period of its hold, else to that of the call', async () => {
    wallet.clock.advanceMs(Date.parse('2026-02-28T23:59:00Z') - wallet.clock.nowMs());
    const walletId = await wallet.createWallet({ period: 'month' });
    const lease = (await wallet.hold(walletId, 30)).get(walletId)!;
    const early = wallet.report(5, [bare(walletId)]);
    wallet.clock.advanceMs(120_000);
    await wallet.settle(wallet.report(7, [chargeOf(lease)]));
    await wallet.settle(early);
    await wallet.settle(wallet.report(3, [bare(walletId)]));
    expect(await entriesOf(walletId)).toEqual(
      expect.arrayContaining([
        { kind: 'usage', amount: 7, period_key: '2026-02' },
        { kind: 'overage', amount: 5, period_key: '2026-02' },
        { kind: 'overage', amount: 3, period_key: '2026-03' },
      ]),
    );
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 3n, held: 0n });
  });

  it('takes no money for own keys, for calls that cost nothing, and never from another organisation', async () => {
    const walletId = await wallet.createWallet();
    await wallet.settle(wallet.report(9, [bare(walletId)], { ownKey: true }));
    await wallet.settle(wallet.report(0, [bare(walletId)]));
    await wallet.settle(wallet.report(9, [bare(walletId)], { orgId: 'org_2' }));
    await wallet.settle(wallet.report(-9, [bare(walletId)]));
    await wallet.settle(wallet.report(9, []));
    expect(await entriesOf(walletId)).toEqual([]);
  });

  it('[WL-005] tells of each threshold once per period, also when spending comes through two replicas', async () => {
    const walletId = await wallet.createWallet({ period: 'day', limit: usd(1_000), thresholdsPercent: [80, 90, 95] });
    const two = await wallet.startReplica();
    const crossings = (): unknown[] =>
      [...wallet.one.crossings, ...two.crossings]
        .filter((crossing) => crossing.walletId === walletId)
        .map(({ thresholdPercent, periodKey }) => `${periodKey} ${thresholdPercent}`)
        .sort();
    const spend = async (times: number, cost: number): Promise<void> => {
      const reports = Array.from({ length: times }, () => wallet.report(cost, [bare(walletId)]));
      await Promise.all(reports.map((report, index) => wallet.settle(report, undefined, index % 2 ? two : wallet.one)));
    };
    const today = new Date(wallet.clock.nowMs()).toISOString().slice(0, 10);
    await spend(79, 10);
    await spend(17, 10);
    const expected = [80, 90, 95].map((percent) => `${today} ${percent}`);
    await waitFor(() => crossings().length >= 3);
    await spend(1, 1);
    wallet.clock.advanceMs(86_400_000);
    await spend(1, 800);
    await waitFor(() => crossings().length >= 4);
    const tomorrow = new Date(wallet.clock.nowMs()).toISOString().slice(0, 10);
    expect(crossings()).toEqual([...expected, `${tomorrow} 80`]);
    await two.stop();
  });

  it('[WL-006] shows figures that match the ledger, and announces every entry', async () => {
    const walletId = await wallet.createWallet({ period: 'day', timeZone: 'Asia/Tokyo', overdraftPercent: 50 });
    const lease = (await wallet.hold(walletId, 130)).get(walletId)!;
    await wallet.settle(wallet.report(111, [chargeOf(lease)]));
    const { periodStartsAt, resetsAt, ...figures } = await wallet.balance(walletId);
    expect(figures).toEqual({
      walletId,
      name: 'Wallet',
      period: 'day',
      kind: 'budget',
      credited: 0n,
      nextExpiryAt: null,
      limit: 100n,
      spent: 111n,
      held: 19n,
      available: 20n,
      overdraftUsed: 11n,
      usedPercent: 111,
    });
    expect([periodStartsAt, resetsAt].map((text) => text!.slice(10))).toEqual(['T15:00:00.000Z', 'T15:00:00.000Z']);
    await waitFor(() => wallet.one.entries.some((entry) => entry.walletId === walletId && entry.amount === 111n));
  });

  it('[WL-001] refuses to change or remove an entry', async () => {
    const { pool } = wallet.database;
    for (const text of ['UPDATE entry SET amount = 1', 'DELETE FROM entry', 'TRUNCATE entry']) {
      await expect(pool.query(text)).rejects.toThrow('append-only');
    }
    await expect(pool.query('UPDATE period_balance SET held = -1')).rejects.toThrow('held_is_not_negative');
  });

  it('settles in flight after the wallet was deactivated', async () => {
    const walletId = await wallet.createWallet();
    const lease = (await wallet.hold(walletId, 30)).get(walletId)!;
    await wallet.one.bus.request(updateWalletV1, { actor: admin, walletId, active: false });
    await wallet.settle(wallet.report(30, [chargeOf(lease)]));
    expect(await wallet.balance(walletId)).toMatchObject({ spent: 30n, held: 0n });
  });

  it('[WL-003] settles and acquires at once on shared parents, through two replicas, without a deadlock', async () => {
    const roots = await Promise.all([1, 2].map(() => wallet.createWallet({ limit: usd(1_000_000) })));
    const children = await Promise.all(
      roots.flatMap((parentId) => [1, 2, 3].map(() => wallet.createWallet({ limit: usd(100_000), parentId }))),
    );
    const two = await wallet.startReplica();
    const spendOn = async (walletId: string, by: typeof two, times: number): Promise<void> => {
      for (let turn = 0; turn < times; turn += 1) {
        const answer = await wallet.acquire(walletId, 10, {}, by);
        if (answer.kind === 'refused') throw new Error(answer.reason);
        await wallet.settle(
          wallet.report(
            7,
            answer.leases.map((lease) => chargeOf(lease)),
          ),
          undefined,
          by,
        );
        const returns = answer.leases.map(({ leaseId }) => ({ leaseId, sequence: 1, amount: usd(3), close: true }));
        await wallet.sync({ returns });
      }
    };
    const deadlocks = async (): Promise<number> => {
      const text = 'SELECT deadlocks::int AS count FROM pg_stat_database WHERE datname = current_database()';
      return (await wallet.database.pool.query<{ count: number }>(text)).rows.at(0)!.count;
    };
    await Promise.all(
      children.flatMap((child) => [wallet.one, two, wallet.one, two].map((by) => spendOn(child, by, 8))),
    );
    await two.stop();
    for (const root of roots) expect(await wallet.balance(root)).toMatchObject({ spent: 672n, held: 0n });
    expect(await deadlocks()).toBe(0);
  }, 60_000);
});
