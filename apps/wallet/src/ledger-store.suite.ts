import assert from 'node:assert/strict';
import { walletEntriesPostedV1 } from '@ao/contracts';
import { ManualClock, nanoUsd, UuidV7Generator, type NanoUsd } from '@ao/kernel';
import type { LedgerStore, LedgerTransaction, WalletRepository } from './application/ports.js';
import { WalletEvents } from './application/wallet-events.js';
import { creditAccount, providerAccount, settlementKey, spendAccount, type Entry } from './domain/entry.js';
import type { Lease } from './domain/lease.js';
import type { PeriodRef } from './domain/ledger.js';
import type { Period } from './domain/period.js';
import type { Wallet } from './domain/wallet.js';

/** A store under test, with what a suite must see of it from outside. */
export interface StoreUnderTest {
  store: LedgerStore;
  wallets: WalletRepository;
  /** Ids of the events of a subject in the outbox, committed. */
  outboxIds(subject: string): Promise<string[]>;
  /** Lets whatever can go on go on. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const ALL: Period = { key: 'all', startsAtMs: null, endsAtMs: null };
const usd = (amount: number): NanoUsd => nanoUsd(BigInt(amount));

/** What every store of the ledger must do; the simulation rests on both doing the same. */
export function describeLedgerStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the ledger in ${name}`, () => {
    const clock = new ManualClock();
    const ids = new UuidV7Generator();
    const events = new WalletEvents(clock, ids);
    let test: StoreUnderTest;
    beforeAll(async () => void (test = await open()));
    afterAll(() => test.close());

    const makeWallet = async (changes: Partial<Wallet> = {}): Promise<Wallet> => {
      const id = ids.next('wal');
      const wallet: Wallet = {
        id,
        orgId: 'org_1',
        name: 'Wallet',
        parentId: null,
        path: [id],
        ownerType: 'organisation',
        ownerId: 'org_1',
        kind: 'budget',
        limit: usd(100),
        period: 'none',
        timeZone: 'UTC',
        overdraftPercent: 0,
        thresholdsPercent: [],
        costCenter: null,
        active: true,
        autoTopUp: null,
        scope: null,
        template: null,
        createdAtMs: clock.nowMs(),
        ...changes,
      };
      await test.wallets.change('org_1', (tree) => tree.insert(wallet, null, []));
      return wallet;
    };
    const openPeriod = async (wallet: Wallet, period = ALL): Promise<PeriodRef> => {
      await test.store.openPeriods([{ wallet, period }], events.entriesPosted);
      return { walletId: wallet.id, periodKey: period.key };
    };
    const fresh = async (): Promise<PeriodRef> => openPeriod(await makeWallet());
    const leaseOn = (ref: PeriodRef, granted: number, changes: Partial<Lease> = {}): Lease => ({
      ...ref,
      id: ids.next('lse'),
      acquisitionId: ids.next('acq'),
      gatewayId: 'gw_1',
      granted: usd(granted),
      used: usd(0),
      returned: usd(0),
      returnSequence: 0,
      state: 'open',
      expiresAtMs: clock.nowMs() + 1_000,
      ...changes,
    });
    const entryOn = ({ walletId, periodKey }: PeriodRef, amount: number, requestId = ids.next('req')): Entry => ({
      idempotencyKey: settlementKey(requestId, walletId),
      walletId,
      orgId: 'org_1',
      periodKey,
      kind: 'usage',
      amount: usd(amount),
      debitAccount: spendAccount(walletId),
      creditAccount: providerAccount('p'),
      requestId,
      leaseId: null,
    });
    const hold = (lease: Lease): Promise<void> =>
      test.store.transact(async (transaction) => {
        const { ledger } = await transaction.lock({ periods: [lease] });
        ledger.hold(lease, usd(1_000));
        await transaction.save(ledger, [], []);
      });
    const post = async (transaction: LedgerTransaction, entry: Entry): Promise<string> => {
      const { ledger } = await transaction.lock({ periods: [entry] });
      ledger.post(entry);
      const recorded = events.entriesPosted([entry]);
      await transaction.save(ledger, recorded.entries, recorded.events);
      return recorded.events[0]!.id;
    };
    const posted = (ref: PeriodRef): Promise<bigint> =>
      test.store.transact(
        async (transaction) => (await transaction.lock({ periods: [ref] })).ledger.balance(ref).posted,
      );

    it('[WL-001] keeps all of a transaction, with its events, or nothing', async () => {
      const ref = await fresh();
      const kept = await test.store.transact((transaction) => post(transaction, entryOn(ref, 3)));
      let lost = '';
      const failing = test.store.transact(async (transaction) => {
        lost = await post(transaction, entryOn(ref, 4));
        throw new Error('the use case failed');
      });
      await assert.rejects(failing, /the use case failed/);
      const told = await test.outboxIds(walletEntriesPostedV1.subject);
      assert.deepEqual([await posted(ref), told.includes(kept), told.includes(lost)], [3n, true, false]);
    });

    it('[WL-003] lets the second transaction on a period wait, and then see what the first one did', async () => {
      const ref = await fresh();
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      const order: string[] = [];
      const first = test.store.transact(async (transaction) => {
        await post(transaction, entryOn(ref, 5));
        await gate;
        order.push('first');
      });
      await test.settle();
      const second = test.store.transact(async (transaction) => {
        const { ledger } = await transaction.lock({ periods: [ref] });
        order.push(`second sees ${ledger.balance(ref).posted}`);
      });
      await test.settle();
      letGo();
      await Promise.all([first, second]);
      assert.deepEqual(order, ['first', 'second sees 5']);
    });

    it('opens a period once, and marks it as a reset only where another came before', async () => {
      const wallet = await makeWallet({ period: 'day' });
      const day = (key: string): Period => {
        const startsAtMs = Date.parse(`${key}T00:00:00Z`);
        return { key, startsAtMs, endsAtMs: startsAtMs + 86_400_000 };
      };
      const before = (await test.outboxIds(walletEntriesPostedV1.subject)).length;
      await Promise.all([openPeriod(wallet, day('2026-01-01')), openPeriod(wallet, day('2026-01-01'))]);
      await Promise.all([openPeriod(wallet, day('2026-01-02')), openPeriod(wallet, day('2026-01-02'))]);
      assert.equal((await test.outboxIds(walletEntriesPostedV1.subject)).length, before + 1);
      const locking = test.store.transact((transaction) =>
        transaction.lock({ periods: [{ walletId: wallet.id, periodKey: '2026-01-03' }] }),
      );
      await assert.rejects(locking, /not opened before it was locked/);
    });

    it('[WL-003] gives an event to the second claimer only when the first one fails', async () => {
      for (const [fails, expected] of [
        [true, 1],
        [false, 0],
      ] as const) {
        const eventId = ids.next('evt');
        let letGo = (): void => undefined;
        const gate = new Promise<void>((resolve) => (letGo = resolve));
        const first = test.store.transact(async (transaction) => {
          assert.deepEqual(await transaction.claimEvents('ledger', [eventId, eventId]), [eventId]);
          await gate;
          if (fails) throw new Error('first fails');
        });
        await test.settle();
        const second = test.store.transact((transaction) => transaction.claimEvents('ledger', [eventId]));
        await test.settle();
        letGo();
        await first.catch(() => undefined);
        assert.equal((await second).length, expected);
      }
    });

    it('[WL-003] refuses a second entry under one key, and all that came with it', async () => {
      const ref = await fresh();
      const entry = entryOn(ref, 7);
      await test.store.transact((transaction) => post(transaction, entry));
      await assert.rejects(
        test.store.transact((transaction) => post(transaction, entry)),
        { code: '23505' },
      );
      assert.equal(await posted(ref), 7n);
      const keys = [entry.idempotencyKey, 'usage:unknown'];
      const known = await test.store.transact((transaction) => transaction.postedKeys(keys));
      assert.deepEqual([...known], [entry.idempotencyKey]);
    });

    it('refuses what the tables refuse: less than nothing held, more taken than granted', async () => {
      const ref = await fresh();
      const lease = leaseOn(ref, 10);
      await hold(lease);
      const save = (changes: Partial<Lease>, held: number): Promise<void> =>
        test.store.transact(async (transaction) => {
          const { ledger } = await transaction.lock({ periods: [ref], leaseIds: [lease.id] });
          const balances = [{ ...ledger.balance(ref), held: usd(held) }];
          const forged = { ...ledger.changes, balances, leases: [{ ...lease, ...changes }] };
          await transaction.save({ changes: forged } as never, [], []);
        });
      await assert.rejects(save({}, -1), /held_is_not_negative/);
      await assert.rejects(save({ used: usd(6), returned: usd(5) }, 0), /gives_no_more_than_granted/);
      await save({ used: usd(6), returned: usd(4) }, 0);
      assert.equal((await test.store.findLeases([lease.id])).get(lease.id)!.used, 6n);
    });

    it('[WL-010] finds overdue leases, passing over periods that somebody else has locked', async () => {
      const [free, taken] = [await fresh(), await fresh()];
      const overdueBeforeMs = clock.nowMs() - 5_000;
      const leases = [free, taken].map((ref) => leaseOn(ref, 1, { expiresAtMs: overdueBeforeMs - 1 }));
      const current = leaseOn(free, 1);
      for (const lease of [...leases, current]) await hold(lease);
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      const locker = test.store.transact(async (transaction) => {
        await transaction.lock({ periods: [taken] });
        await gate;
      });
      await test.settle();
      const sweep = async (): Promise<string[]> =>
        (await test.store.transact((transaction) => transaction.lockOverdue(overdueBeforeMs, 100))).overdueLeaseIds;
      assert.deepEqual(await sweep(), [leases[0]!.id]);
      letGo();
      await locker;
      assert.deepEqual((await sweep()).sort(), leases.map(({ id }) => id).sort());
    });

    it('names the gateways that have something left of open leases', async () => {
      const ref = await fresh();
      await hold(leaseOn(ref, 5, { gatewayId: 'gw_a' }));
      await hold(leaseOn(ref, 5, { gatewayId: 'gw_a' }));
      const empty = leaseOn(ref, 5, { gatewayId: 'gw_b' });
      await hold(empty);
      await test.store.transact(async (transaction) => {
        const { ledger } = await transaction.lock({ periods: [ref], leaseIds: [empty.id] });
        ledger.draw(empty.id, usd(5));
        await transaction.save(ledger, [], []);
      });
      assert.deepEqual(await test.store.findHolders(ref.walletId, 10), [{ gatewayId: 'gw_a', grantedAtMs: 0 }]);
    });

    it('runs a transaction again when another one has answered its acquisition meanwhile, under other locks', async () => {
      const [one, two] = [await fresh(), await fresh()];
      const acquisition = {
        id: ids.next('acq'),
        orgId: 'org_1',
        gatewayId: 'gw_1',
        walletId: one.walletId,
        answer: { kind: 'granted' as const, path: [], leases: [] },
      };
      let letGo = (): void => undefined;
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      const answer = (ref: PeriodRef, wait: Promise<void> | null): Promise<string> =>
        test.store.transact(async (transaction) => {
          await transaction.lock({ periods: [ref] });
          const known = await transaction.findAcquisitions([acquisition.id]);
          if (known.size > 0) return 'repeated';
          await transaction.saveAcquisitions([acquisition], clock.nowMs());
          await wait;
          return 'answered';
        });
      const first = answer(one, gate);
      await test.settle();
      const second = answer(two, null);
      await test.settle();
      letGo();
      assert.deepEqual(await Promise.all([first, second]), ['answered', 'repeated']);
    });

    it('takes one top-up for a key, and counts it', async () => {
      const wallet = await makeWallet({ kind: 'prepaid', limit: usd(0) });
      const ref = await openPeriod(wallet);
      const [orgId, walletId] = ['org_1', wallet.id];
      const topUp = { id: ids.next('top'), orgId, walletId, amount: usd(9), expiresAtMs: clock.nowMs() + 5_000 };
      const asked = { ...topUp, reference: null, note: null, createdBy: 'key_1', createdAtMs: clock.nowMs() };
      const give = (): Promise<string | null> =>
        test.store.transact(async (transaction) => {
          const earlier = await transaction.topUps.claim('key', { ...asked, id: ids.next('top') });
          if (earlier) return earlier.id;
          const { ledger } = await transaction.lock({ periods: [ref], creditsAtMs: 'all' });
          const entry = { ...entryOn(ref, 9), debitAccount: 'payments', creditAccount: creditAccount(walletId) };
          ledger.post({ ...entry, kind: 'top_up' });
          await transaction.save(ledger, events.entriesPosted([{ ...entry, kind: 'top_up' }]).entries, []);
          return null;
        });
      const given = await Promise.all([give(), give()]);
      assert.equal(given.filter((id) => id === null).length, 1);
      const { ledger } = await test.store.transact((transaction) => transaction.lock({ periods: [ref] }));
      assert.equal(ledger.balance(ref).credit.credited, 9n);
    });

    it('[WL-005] tells of a threshold once per period', async () => {
      const wallet = await makeWallet();
      const ref = await openPeriod(wallet);
      const crossing = {
        wallet,
        periodKey: ref.periodKey,
        percent: 80,
        limit: usd(100),
        spent: usd(80),
        requestId: null,
      };
      const record = async (): Promise<number> =>
        (await test.store.transact((transaction) => transaction.recordCrossings([crossing], clock.nowMs()))).length;
      assert.deepEqual([await record(), await record()], [1, 0]);
    });

    it('[WL-008] finds whole paths, changes wallets one after the other, and derives a budget once', async () => {
      const root = await makeWallet();
      const childId = ids.next('wal');
      const child = await makeWallet({ id: childId, parentId: root.id, path: [childId, root.id] });
      const paths = await test.wallets.findPaths([childId, 'wal_unknown']);
      assert.deepEqual([...paths], [[childId, [child, root]]]);
      const limits = [10, 20, 30].map((limit) =>
        test.wallets.change('org_1', async (tree) => {
          const present = await tree.find(root.id);
          await tree.update({ ...present!, limit: usd(Number(present!.limit) + limit) }, []);
        }),
      );
      await Promise.all(limits);
      assert.equal((await test.wallets.find('org_1', root.id))!.limit, 160n);
      assert.equal(await test.wallets.find('org_2', root.id), null);
      const template = await makeWallet({ scope: { end_user: '*' } });
      const values = ['anna'];
      const derive = (): Wallet => {
        const id = ids.next('wal');
        return {
          ...template,
          id,
          path: [id],
          scope: { end_user: 'anna' },
          template: { walletId: template.id, values },
        };
      };
      await Promise.all([test.wallets.insertDerived([derive()]), test.wallets.insertDerived([derive()])]);
      assert.equal(await test.wallets.countDerived(template.id, 10), 1);
      const [found] = (await test.wallets.findDerived([{ templateId: template.id, values }])).values();
      await test.wallets.change('org_1', (tree) => tree.update({ ...template, limit: usd(55) }, []));
      assert.equal((await test.wallets.find('org_1', found!.id))!.limit, 55n);
    });
  });
}
