import { nanoUsd, type NanoUsd } from '@ao/kernel';
import { availableOf, overdraftUsedOf, usedPercentOf } from './balance.js';
import { decideAcquisition } from './acquisition.js';
import { NO_CREDIT } from './credit.js';
import { Ledger } from './ledger.js';
import type { Lease } from './lease.js';
import { settle, type Settlement } from './settlement.js';
import { reachedThresholds } from './threshold.js';
import type { Wallet } from './wallet.js';

const usd = (amount: number): NanoUsd => nanoUsd(BigInt(amount));
const ref = { walletId: 'wal_1', periodKey: 'all' };
const balance = (posted = 0, held = 0) => ({
  ...ref,
  posted: usd(posted),
  held: usd(held),
  spendableMax: null,
  credit: NO_CREDIT,
});
const wallet = (changes: Partial<Wallet> = {}): Wallet => ({
  id: 'wal_1',
  orgId: 'org_1',
  name: 'Team',
  parentId: null,
  path: ['wal_1'],
  ownerType: 'team',
  ownerId: 'team_1',
  kind: 'budget',
  autoTopUp: null,
  limit: usd(100),
  period: 'none',
  timeZone: 'UTC',
  overdraftPercent: 0,
  thresholdsPercent: [80, 90, 95],
  costCenter: null,
  active: true,
  scope: null,
  template: null,
  createdAtMs: 0,
  ...changes,
});
const lease = (changes: Partial<Lease> = {}): Lease => ({
  id: 'lse_1',
  acquisitionId: 'acq_1',
  gatewayId: 'gw_1',
  ...ref,
  granted: usd(10),
  used: usd(0),
  returned: usd(0),
  returnSequence: 0,
  state: 'open',
  expiresAtMs: 1_000,
  ...changes,
});
const opened = (): Ledger => new Ledger([balance(0, 10)], [lease()]);
const stateOf = (ledger: Ledger): Partial<Lease> => ledger.changes.leases.at(0)!;

describe('figures of a balance', () => {
  it('[WL-006] [WL-009] follow from limit, overdraft, posted and held', () => {
    const limits = { kind: 'budget' as const, limit: usd(100), overdraftPercent: 10 };
    expect(availableOf(limits, balance(105, 3))).toBe(2n);
    expect(overdraftUsedOf(limits, balance(105))).toBe(5n);
    expect(overdraftUsedOf(limits, balance(99))).toBe(0n);
    expect(usedPercentOf({ ...limits, limit: usd(30_000) }, balance(19_999))).toBe(66.66);
    expect(usedPercentOf({ ...limits, limit: usd(0) }, balance())).toBe(100);
  });
});

describe('a locked ledger', () => {
  it('gives back once per sequence, never more than is left', () => {
    const ledger = opened();
    expect(ledger.giveBack('lse_1', { sequence: 1, amount: usd(4), close: false })).toBe(true);
    expect(ledger.giveBack('lse_1', { sequence: 1, amount: usd(4), close: false })).toBe(true);
    expect(ledger.balance(ref).held).toBe(6n);
    ledger.giveBack('lse_1', { sequence: 2, amount: usd(100), close: false });
    expect(ledger.balance(ref).held).toBe(0n);
  });

  it('keeps what a closing lease has on its way, and closes it with the last of it', () => {
    const ledger = opened();
    ledger.giveBack('lse_1', { sequence: 1, amount: usd(7), close: true });
    expect([ledger.balance(ref).held, stateOf(ledger).state]).toEqual([3n, 'closing']);
    expect(ledger.renew('lse_1', 9_000)).toBe(false);
    expect(ledger.draw('lse_1', usd(5))).toBe(3n);
    expect([ledger.balance(ref).held, stateOf(ledger).state]).toEqual([0n, 'closed']);
    expect(ledger.giveBack('lse_1', { sequence: 1, amount: usd(7), close: true })).toBe(true);
    expect(ledger.giveBack('lse_1', { sequence: 2, amount: usd(1), close: false })).toBe(false);
  });

  it('releases what an expired lease has left, once', () => {
    const ledger = opened();
    ledger.draw('lse_1', usd(4));
    ledger.expire('lse_1');
    ledger.expire('lse_1');
    expect([ledger.balance(ref).held, stateOf(ledger).state]).toEqual([0n, 'expired']);
    expect(ledger.draw('lse_1', usd(1))).toBe(0n);
  });

  it('refuses to touch what is not locked', () => {
    expect(() => opened().balance({ walletId: 'wal_2', periodKey: 'all' })).toThrow('not locked');
  });
});

describe('a settlement', () => {
  const settlement = (changes: Partial<Settlement> = {}): Settlement => ({
    requestId: 'req_1',
    orgId: 'org_1',
    ...ref,
    cost: usd(6),
    limited: true,
    draws: [{ leaseId: 'lse_1', reserved: usd(8) }],
    passedUpBy: null,
    provider: 'openai',
    ...changes,
  });
  const postings = (ledger: Ledger): unknown[] => ledger.changes.entries.map(({ kind, amount }) => [kind, amount]);

  it('[MT-007] moves the cost from held to posted and leaves the rest in the lease', () => {
    const ledger = opened();
    settle(ledger, settlement());
    expect(ledger.balance(ref)).toMatchObject({ posted: 6n, held: 4n });
    expect(ledger.changes.entries).toEqual([
      expect.objectContaining({
        kind: 'usage',
        idempotencyKey: 'usage:req_1:wal_1',
        debitAccount: 'wallet:wal_1',
        creditAccount: 'provider:openai',
      }),
    ]);
  });

  it('posts what exceeds the lease as an overage of its own', () => {
    const ledger = opened();
    settle(ledger, settlement({ cost: usd(13) }));
    expect(ledger.balance(ref)).toMatchObject({ posted: 13n, held: 0n });
    expect(postings(ledger)).toEqual([
      ['usage', 10n],
      ['overage', 3n],
    ]);
  });

  it('posts in full without any lease, as usage where nothing has to be held', () => {
    const limited = opened();
    settle(limited, settlement({ draws: [] }));
    expect([limited.balance(ref).held, postings(limited)]).toEqual([10n, [['overage', 6n]]]);
    const unlimited = opened();
    settle(unlimited, settlement({ draws: [], limited: false }));
    expect(postings(unlimited)).toEqual([['usage', 6n]]);
  });

  it('takes from several leases what was reserved from each, the excess from the last', () => {
    const ledger = new Ledger([balance(0, 20)], [lease(), lease({ id: 'lse_2' })]);
    const draws = [
      { leaseId: 'lse_1', reserved: usd(2) },
      { leaseId: 'lse_2', reserved: usd(3) },
    ];
    settle(ledger, settlement({ draws }));
    expect(ledger.changes.leases.map(({ used }) => used)).toEqual([2n, 4n]);
  });
});

describe('an acquisition', () => {
  const parent = wallet({ id: 'wal_0', name: 'Organisation' });
  const path = [
    { wallet: wallet(), periodKey: 'all' },
    { wallet: parent, periodKey: 'all' },
  ];
  const wish = { amountMin: usd(10), amountWanted: usd(50), skipWalletIds: new Set<string>() };
  const ledger = (child: number, above: number): Ledger =>
    new Ledger([balance(child), { ...balance(above), walletId: 'wal_0' }]);

  it('gets what it wants up to a share of what is available, never less than its minimum', () => {
    const amounts = (share: number, posted = 0): unknown => {
      const decision = decideAcquisition(ledger(posted, 0), path, wish, share);
      return decision.kind === 'granted' && decision.grants.map(({ amount }) => amount);
    };
    expect(amounts(100)).toEqual([50n, 50n]);
    expect(amounts(20)).toEqual([20n, 20n]);
    expect(amounts(10, 85)).toEqual([10n, 10n]);
  });

  it('[WL-004] [WL-008] is refused by the first wallet that cannot, with what it lacks', () => {
    expect(decideAcquisition(ledger(0, 95), path, wish, 10)).toMatchObject({
      kind: 'refused',
      reason: 'exhausted',
      wallet: { name: 'Organisation' },
      shortfall: 5n,
    });
    expect(decideAcquisition(ledger(91, 95), path, wish, 10)).toMatchObject({
      wallet: { name: 'Team' },
      shortfall: 1n,
    });
  });

  it('needs nothing of unlimited or skipped wallets, but every one must be active', () => {
    const unlimited = [{ wallet: wallet({ limit: null }), periodKey: 'all' }, path.at(1)!];
    const skip = { ...wish, skipWalletIds: new Set(['wal_0']) };
    expect(decideAcquisition(new Ledger([]), unlimited, skip, 10)).toEqual({ kind: 'granted', grants: [] });
    const inactive = [unlimited.at(0)!, { wallet: wallet({ id: 'wal_0', active: false }), periodKey: 'all' }];
    expect(decideAcquisition(new Ledger([]), inactive, skip, 10)).toMatchObject({ reason: 'inactive' });
  });
});

describe('thresholds', () => {
  const entry = (amount: number, requestId: string) =>
    ({ ...ref, amount: usd(amount), requestId, debitAccount: 'wallet:wal_1' }) as never;

  it('[WL-005] are reached by the entry that crosses them, at the exact nano-dollar', () => {
    const crossings = reachedThresholds(wallet(), usd(79), [entry(1, 'req_1'), entry(9, 'req_2'), entry(6, 'req_3')]);
    expect(crossings.map(({ percent, spent, requestId }) => [percent, spent, requestId])).toEqual([
      [80, 80n, 'req_1'],
      [90, 95n, 'req_3'],
      [95, 95n, 'req_3'],
    ]);
  });

  it('do not exist without a limit', () => {
    expect(reachedThresholds(wallet({ limit: null }), usd(0), [entry(1, 'req_1')])).toEqual([]);
  });
});
