import assert from 'node:assert/strict';
import type { Lease } from '@ao/contracts';
import { nanoUsd } from '@ao/kernel';
import fc from 'fast-check';
import { PostgresLedgerStore } from './adapters/postgres/ledger.store.js';
import { SweepLeases } from './application/sweep-leases.js';
import { chargeOf, usd, WalletHarness } from './harness.suite.js';
import { GRACE_MS, ReferenceLedger, type ReferenceWallet } from './reference-ledger.suite.js';

/** A root, two children, an unlimited grandchild below the first, a prepaid child with a budget below, a prepaid root. */
const family: ReferenceWallet[] = [
  { limit: 100, overdraftPercent: 10, parent: null },
  { limit: 60, overdraftPercent: 0, parent: 0 },
  { limit: 80, overdraftPercent: 25, parent: 0 },
  { limit: null, overdraftPercent: 0, parent: 1 },
  { kind: 'prepaid', limit: null, overdraftPercent: 0, parent: 0 },
  { limit: 70, overdraftPercent: 0, parent: 4 },
  { kind: 'prepaid', limit: null, overdraftPercent: 0, parent: null },
];
const PREPAID = [4, 6];

const amount = fc.integer({ min: 0, max: 40 });
const which = fc.nat({ max: 50 });
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('acquire'), leaf: fc.nat({ max: 6 }), min: amount, wanted: amount }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('settle'), which, cost: amount }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replay'), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('giveBack'),
      which,
      sequence: fc.integer({ min: 1, max: 4 }),
      amount,
      close: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew'), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 200_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('topUp'),
      leaf: fc.constantFrom(...PREPAID),
      amount: fc.integer({ min: 1, max: 60 }),
      lastsMs: fc.option(fc.integer({ min: 1, max: 300_000 }), { freq: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('adjust'),
      leaf: fc.nat({ max: 6 }),
      amount: fc.integer({ min: -20, max: 20 }).filter((value) => value !== 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire') }) },
);
type Operation = Record<string, never> & { do: string };

describe('the ledger', () => {
  const wallet = new WalletHarness();
  beforeAll(() => wallet.start());
  afterAll(() => wallet.stop());

  it('[WL-001] [BX-019] does after any operations what its plain description does, and its entries sum to its balances', async () => {
    const property = fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 50 }), async (operations) => {
      const run = new Comparison(wallet);
      await run.start();
      for (const one of operations) await run.step(one as unknown as Operation);
      await wallet.assertLaws();
    });
    await fc.assert(property, { numRuns: 40, endOnFailure: false });
  }, 120_000);
});

/** Does everything twice: to the service and to the reference; they must agree at each step. */
class Comparison {
  private readonly reference = new ReferenceLedger(family);
  private walletIds: string[] = [];
  private readonly leases: { real: Lease; number: number }[] = [];
  private readonly held: { leaf: number; leases: { real: Lease; number: number }[] }[] = [];
  private readonly settled: (() => Promise<void>)[] = [];

  constructor(private readonly wallet: WalletHarness) {}

  async start(): Promise<void> {
    for (const { kind, limit, overdraftPercent, parent } of family) {
      const parentId = parent === null ? null : this.walletIds.at(parent)!;
      const settings = { ...(kind && { kind }), limit: limit === null ? null : usd(limit), overdraftPercent, parentId };
      this.walletIds.push(await this.wallet.createWallet(settings));
    }
  }

  async step(operation: Operation): Promise<void> {
    const handler = this[operation.do as 'acquire'] as (operation: object) => Promise<void>;
    await handler.call(this, operation);
    const balances = await Promise.all(this.walletIds.map((walletId) => this.wallet.balance(walletId)));
    this.reference.expireCredits(this.wallet.clock.nowMs());
    assert.deepEqual(
      balances.map(({ spent, held, credited }) => [spent, held, credited].map(Number)),
      family.map((_, index) => [
        this.reference.spent(index),
        this.reference.held(index),
        this.reference.credited(index),
      ]),
    );
  }

  async acquire({ leaf, min, wanted }: { leaf: number; min: number; wanted: number }): Promise<void> {
    const expected = this.reference.acquire(leaf, min, wanted, this.wallet.clock.nowMs());
    const amounts = { amountMin: usd(min), amountWanted: usd(wanted) };
    const answer = await this.wallet.acquire(this.walletIds.at(leaf)!, 0, amounts);
    if ('by' in expected) {
      assert(answer.kind === 'refused');
      return assert.deepEqual([answer.walletId, answer.shortfall], [this.walletIds[expected.by], usd(expected.lacks)]);
    }
    assert(answer.kind === 'granted');
    // A grant of nothing is no lease.
    const numbers = expected.leases.filter((number) => this.reference.granted(number) > 0);
    const leases = answer.leases.map((real, index) => ({ real, number: numbers.at(index)! }));
    assert.deepEqual(
      leases.map(({ real }) => real.granted),
      numbers.map((number) => usd(this.reference.granted(number))),
    );
    this.leases.push(...leases);
    this.held.push({ leaf, leases });
  }

  async settle({ which, cost }: { which: number; cost: number }): Promise<void> {
    const hold = pick(this.held, which);
    if (!hold) return;
    const charges = this.reference.path(hold.leaf).map((index) => {
      const lease = hold.leases.find(({ real }) => real.walletId === this.walletIds[index]);
      return lease
        ? chargeOf(lease.real)
        : { walletId: this.walletIds.at(index)!, leaseId: null, reserved: nanoUsd(0n) };
    });
    const report = this.wallet.report(cost, charges);
    const both = async (): Promise<void> => {
      const numbers = hold.leases.map(({ number }) => number);
      this.reference.settle(report.requestId, hold.leaf, numbers, cost, this.wallet.clock.nowMs());
      await this.wallet.settle(report);
    };
    this.settled.push(both);
    await both();
  }

  async replay({ which }: { which: number }): Promise<void> {
    await pick(this.settled, which)?.();
  }

  async giveBack(back: { which: number; sequence: number; amount: number; close: boolean }): Promise<void> {
    const lease = pick(this.leases, back.which);
    if (!lease) return;
    const { sequence, close } = back;
    this.reference.giveBack(lease.number, sequence, back.amount, close);
    const { leaseId } = lease.real;
    await this.wallet.sync({ returns: [{ leaseId, sequence, amount: usd(back.amount), close }] });
  }

  async renew({ which }: { which: number }): Promise<void> {
    const lease = pick(this.leases, which);
    if (!lease) return;
    this.reference.renew(lease.number, this.wallet.clock.nowMs());
    await this.wallet.sync({ renew: [lease.real.leaseId] });
  }

  async topUp({
    leaf,
    amount: paid,
    lastsMs,
  }: {
    leaf: number;
    amount: number;
    lastsMs: number | null;
  }): Promise<void> {
    const nowMs = this.wallet.clock.nowMs();
    this.reference.topUp(leaf, paid, lastsMs === null ? null : nowMs + lastsMs, nowMs);
    const expiry = lastsMs === null ? {} : { expiresAt: this.wallet.in(lastsMs) };
    await this.wallet.topUp(this.walletIds.at(leaf)!, paid, expiry);
  }

  async adjust({ leaf, amount: correction }: { leaf: number; amount: number }): Promise<void> {
    this.reference.adjust(leaf, correction, this.wallet.clock.nowMs());
    await this.wallet.adjust(this.walletIds.at(leaf)!, correction);
  }

  async expire(): Promise<void> {
    this.reference.expireCredits(this.wallet.clock.nowMs());
    await this.wallet.expireCredits();
  }

  async wait({ ms }: { ms: number }): Promise<void> {
    this.wallet.clock.advanceMs(ms);
  }

  async sweep(): Promise<void> {
    this.reference.sweep(this.wallet.clock.nowMs());
    await new SweepLeases(new PostgresLedgerStore(this.wallet.database), this.wallet.clock, GRACE_MS).execute();
  }
}

const pick = <T>(from: readonly T[], which: number): T | undefined => from[which % Math.max(1, from.length)];
