import { ManualClock, silentLogger, UuidV7Generator } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { PostgresLedgerInspector } from './adapters/postgres/ledger.inspector.js';
import { InspectLedger } from './application/inspect-ledger.js';
import { WalletEvents } from './application/wallet-events.js';
import { checkLedger } from './index.js';
import { chargeOf, usd, WalletHarness } from './harness.suite.js';

const HOUR_MS = 3_600_000;
const EVERY_MS = 300_000;

describe('the check of the ledger', () => {
  const wallet = new WalletHarness();
  beforeEach(() => wallet.start());
  afterEach(() => wallet.stop());

  const bare = (walletId: string) => ({ walletId, leaseId: null, reserved: usd(0) });
  const logged: unknown[] = [];
  const logger = { ...silentLogger, error: (fields: object) => void logged.push(fields) };
  const check = (clock = wallet.clock): Promise<void> => {
    const events = new WalletEvents(clock, new UuidV7Generator());
    return new InspectLedger(new PostgresLedgerInspector(wallet.database), events, clock, logger).execute(EVERY_MS);
  };
  const later = async (ms = EVERY_MS): Promise<void> => {
    wallet.clock.advanceMs(ms);
    await check();
  };
  const laws = (): string[] => logged.splice(0).map((fields) => (fields as { law: string }).law);
  const spend = (walletId: string, cost: number): Promise<void> => wallet.settle(wallet.report(cost, [bare(walletId)]));
  const corrupt = (text: string, walletId: string): Promise<unknown> =>
    wallet.database.pool.query(`UPDATE period_balance SET ${text} WHERE wallet_id = $1`, [walletId]);
  const checkpoints = async (): Promise<unknown[]> =>
    (await wallet.database.pool.query('SELECT posted::int, credited::int FROM ledger_checkpoint')).rows;

  it('[WL-001] finds nothing wrong while the ledger is in use, hour after hour', async () => {
    const budget = await wallet.createWallet({ period: 'day', limit: usd(10_000) });
    const prepaid = await wallet.createPrepaid(10_000);
    for (let hour = 0; hour < 30; hour += 1) {
      const lease = (await wallet.hold(prepaid, 20)).get(prepaid)!;
      await wallet.settle(wallet.report(15, [chargeOf(lease)]));
      await wallet.adjust(budget, hour % 2 ? -3 : 7);
      await wallet.topUp(prepaid, 5, { expiresAt: wallet.in(5 * HOUR_MS) });
      await later(HOUR_MS);
    }
    expect(laws()).toEqual([]);
    expect(await checkLedger(wallet.database)).toEqual({ ok: true, violations: [] });
    expect((await checkpoints()).length).toBeGreaterThan(1);
  }, 60_000);

  it.each([
    ['posted = posted + 1', 'posted_equals_entries'],
    ['held = held + 1', 'held_equals_leases'],
    ['refunded = refunded + 1', 'refunded_equals_entries'],
    ['credited = credited + 1', 'credited_equals_entries,credited_equals_credits'],
  ])('[WL-001] finds %s at the next check after the wallet was used', async (change, broken) => {
    const walletId = await wallet.createPrepaid(100);
    await spend(walletId, 3);
    await later(2 * HOUR_MS);
    expect(await checkpoints()).toEqual([{ posted: 3, credited: 100 }]);
    await corrupt(change, walletId);
    await spend(walletId, 4);
    await later();
    expect(laws().toSorted()).toEqual(broken.split(',').toSorted());
    await waitFor(() => wallet.one.violations.some((violation) => violation.walletId === walletId));
  });

  it('[WL-001] finds money held beyond what a prepaid wallet has', async () => {
    const walletId = await wallet.createPrepaid(10);
    const lease = (await wallet.hold(walletId, 10)).get(walletId)!;
    await wallet.database.pool.query('UPDATE lease SET granted = 11 WHERE id = $1', [lease.leaseId]);
    await corrupt('held = 11', walletId);
    await later();
    expect(laws()).toEqual(['spend_within_limit']);
  });

  it('[WL-001] finds a fault of a wallet that nobody uses with the next check of everything, a day later at most', async () => {
    const walletId = await wallet.createWallet();
    await spend(walletId, 3);
    await later(2 * HOUR_MS);
    await corrupt('posted = posted + 1', walletId);
    await later(2 * HOUR_MS);
    await later(2 * HOUR_MS);
    expect(laws()).toEqual([]);
    await later(18 * HOUR_MS);
    expect(laws()).toEqual(['posted_equals_entries']);
  });

  it('tells of a fault once a day, and reads what was posted since only', async () => {
    const walletId = await wallet.createWallet({ limit: usd(1_000) });
    await spend(walletId, 3);
    await later(2 * HOUR_MS);
    // What lies before the last check is not read again: its sum is, wrong as it is.
    await wallet.database.pool.query('UPDATE ledger_checkpoint SET posted = posted + 1');
    for (let times = 0; times < 3; times += 1) {
      await spend(walletId, 1);
      await later();
    }
    expect(laws()).toEqual(Array.from({ length: 3 }, () => 'posted_equals_entries'));
    await waitFor(() => wallet.one.violations.length > 0);
    expect(wallet.one.violations).toMatchObject([{ walletId, law: 'posted_equals_entries', expected: 5n, found: 4n }]);
    await later(24 * HOUR_MS);
    await spend(walletId, 1);
    await later();
    expect(laws()).toEqual([]);
  });

  it('is done by one replica at a time, and not again right after', async () => {
    const walletId = await wallet.createWallet();
    await spend(walletId, 3);
    await corrupt('posted = posted + 1', walletId);
    wallet.clock.advanceMs(EVERY_MS);
    await Promise.all([check(), check(), check()]);
    await check(new ManualClock(wallet.clock.nowMs() + 1_000));
    expect(laws()).toHaveLength(1);
  });

  it('holds up nobody: calls settle and leases are granted while it reads', async () => {
    const walletId = await wallet.createWallet({ limit: usd(1_000) });
    await wallet.database.transaction(async (client) => {
      await client.query('SELECT FROM ledger_check FOR UPDATE');
      await spend(walletId, 3);
      await wallet.hold(walletId, 5);
    });
    const reading = Promise.all(Array.from({ length: 5 }, () => later()));
    await Promise.all([...Array.from({ length: 20 }, () => spend(walletId, 1)), wallet.hold(walletId, 5)]);
    await reading;
    expect(laws()).toEqual([]);
  });
});
