import { nanoUsd, type NanoUsd } from '@ao/kernel';
import fc from 'fast-check';
import { LeasePool, type Reservation } from './lease-pool.js';

const NOW_MS = 1_000_000;
const wallet = (walletId: string, unlimited = false): { walletId: string; name: string; unlimited: boolean } => ({
  walletId,
  name: walletId,
  unlimited,
});
const lease = (leaseId: string, walletId: string, granted: bigint, expiresInMs = 60_000) => ({
  leaseId,
  walletId,
  granted: nanoUsd(granted),
  expiresAtMs: NOW_MS + expiresInMs,
  periodEndsAtMs: null,
});
const reserve = (pool: LeasePool, amount: bigint, nowMs = NOW_MS): Reservation | null => {
  const outcome = pool.reserve('leaf', nanoUsd(amount), nowMs);
  return outcome.kind === 'reserved' ? outcome.reservation : null;
};

describe('the lease pool', () => {
  it('[BX-001] reserves from every wallet of the path, all or none', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf'), wallet('root')], [lease('l1', 'leaf', 100n), lease('l2', 'root', 60n)], NOW_MS);
    expect(reserve(pool, 60n)?.charges).toEqual([
      { walletId: 'leaf', leaseId: 'l1', reserved: 60n },
      { walletId: 'root', leaseId: 'l2', reserved: 60n },
    ]);
    expect(pool.reserve('leaf', nanoUsd(1n), NOW_MS)).toEqual({ kind: 'lease_needed', enoughWalletIds: ['leaf'] });
    expect(pool.totals()).toEqual({ leases: 2, free: 40n, reserved: 120n });
  });

  it('charges an unlimited wallet without a lease', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf', true)], [], NOW_MS);
    expect(reserve(pool, 5n)?.charges).toEqual([{ walletId: 'leaf', leaseId: null, reserved: 0n }]);
  });

  it('asks for the path again after a minute: a wallet may have got a limit or another parent', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf', true)], [], NOW_MS);
    expect(reserve(pool, 5n, NOW_MS + 60_000)).toBeNull();
  });

  it.each([
    ['nears its expiry', { expiresAtMs: NOW_MS + 1_000 }],
    ['belongs to a period that is over', { periodEndsAtMs: NOW_MS }],
  ])('does not give out a lease that %s', (_case, change) => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf')], [{ ...lease('l1', 'leaf', 100n), ...change }], NOW_MS);
    expect(reserve(pool, 1n)).toBeNull();
    expect(pool.takeReturns(NOW_MS, 60_000)).toEqual([
      { leaseId: 'l1', walletId: 'leaf', sequence: 1, amount: 100n, close: true },
    ]);
  });

  it('frees at once what a call did not spend, and never more than it reserved', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf')], [lease('l1', 'leaf', 100n)], NOW_MS);
    const first = reserve(pool, 80n)!;
    pool.settle(first, nanoUsd(30n));
    expect(pool.totals()).toEqual({ leases: 1, free: 70n, reserved: 0n });
    pool.settle(reserve(pool, 70n)!, nanoUsd(500n));
    expect(pool.totals()).toEqual({ leases: 1, free: 0n, reserved: 0n });
  });

  it('[BX-001] gives out no money twice when a call costs more than it reserved while others are under way', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf')], [lease('l1', 'leaf', 100n)], NOW_MS);
    const [dear, cheap] = [reserve(pool, 10n)!, reserve(pool, 90n)!];
    pool.settle(dear, nanoUsd(50n));
    pool.settle(cheap, nanoUsd(20n));
    // The ledger has drawn 70 from the lease: 30 are left of it.
    expect(pool.totals().free).toBe(30n);
    expect(reserve(pool, 31n)).toBeNull();
    expect(pool.takeReturns(NOW_MS, 0)).toEqual([
      { leaseId: 'l1', walletId: 'leaf', sequence: 1, amount: 30n, close: true },
    ]);
  });

  it('returns nothing of a lease that is overspent, and closes it all the same', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf')], [lease('l1', 'leaf', 100n)], NOW_MS);
    const [dear, other] = [reserve(pool, 10n)!, reserve(pool, 90n)!];
    pool.settle(dear, nanoUsd(50n));
    expect(pool.takeReturns(NOW_MS, 0)).toEqual([]);
    pool.settle(other, nanoUsd(90n));
    expect(pool.takeReturns(NOW_MS, 0)).toEqual([
      { leaseId: 'l1', walletId: 'leaf', sequence: 1, amount: 0n, close: true },
    ]);
  });

  it('returns what is idle, keeps what calls under way have taken, and counts its returns', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf')], [lease('l1', 'leaf', 100n)], NOW_MS);
    const reservation = reserve(pool, 40n)!;
    expect(pool.dueForRenewal(NOW_MS + 10_000, 5_000)).toEqual(['l1']);
    expect(pool.takeReturns(NOW_MS + 10_000, 5_000)).toEqual([
      { leaseId: 'l1', walletId: 'leaf', sequence: 1, amount: 60n, close: false },
    ]);
    pool.settle(reservation, nanoUsd(40n));
    expect(pool.takeReturns(NOW_MS + 10_000, 5_000)).toEqual([
      { leaseId: 'l1', walletId: 'leaf', sequence: 2, amount: 0n, close: true },
    ]);
    expect(pool.totals().leases).toBe(0);
  });

  it('renews first what ends first, so that none is left out when there are more than fit one question', () => {
    const pool = new LeasePool();
    for (const [id, expiresInMs] of [
      ['late', 50_000],
      ['soon', 10_000],
    ] as const) {
      pool.add(id, [wallet(id)], [lease(id, id, 10n, expiresInMs)], NOW_MS);
    }
    expect(pool.dueForRenewal(NOW_MS, 5_000)).toEqual(['soon', 'late']);
    pool.renewed('soon', NOW_MS + 60_000);
    expect(pool.dueForRenewal(NOW_MS, 5_000)).toEqual(['late', 'soon']);
  });

  it('renews what a long call has taken also after the lease has ended: the ledger must not give it to others', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf')], [lease('l1', 'leaf', 100n)], NOW_MS);
    reserve(pool, 40n);
    expect(pool.dueForRenewal(NOW_MS + 90_000, 5_000)).toEqual(['l1']);
  });

  it('forgets the paths that nobody calls with', () => {
    const pool = new LeasePool();
    pool.add('leaf', [wallet('leaf'), wallet('root')], [], NOW_MS);
    pool.add('other', [wallet('other'), wallet('root')], [lease('l1', 'root', 100n, 600_000)], NOW_MS + 110_000);
    const known = { kind: 'lease_needed', enoughWalletIds: ['root'] };
    expect(pool.reserve('leaf', nanoUsd(1n), NOW_MS + 119_000)).toEqual(known);
    pool.takeReturns(NOW_MS + 120_000, 60_000);
    expect(pool.reserve('leaf', nanoUsd(1n), NOW_MS + 120_000)).toEqual({ ...known, enoughWalletIds: [] });
  });

  it('never gives out more than was granted, whatever the order of events', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('reserve' as const), amount: fc.bigInt({ min: 1n, max: 200n }) }),
      fc.record({ kind: fc.constant('settle' as const), share: fc.integer({ min: 0, max: 100 }) }),
      fc.record({ kind: fc.constant('grant' as const), amount: fc.bigInt({ min: 1n, max: 500n }) }),
      fc.record({ kind: fc.constant('return' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pool = new LeasePool();
        const open: Reservation[] = [];
        let [granted, spent, returned] = [0n, 0n, 0n];
        for (const [index, action] of steps.entries()) {
          if (action.kind === 'grant') {
            pool.add('leaf', [wallet('leaf')], [lease(`l${index}`, 'leaf', action.amount)], NOW_MS);
            granted += action.amount;
          } else if (action.kind === 'reserve') {
            const reservation = reserve(pool, action.amount);
            if (reservation) open.push(reservation);
          } else if (action.kind === 'settle') {
            const reservation = open.pop();
            if (!reservation) continue;
            const cost: NanoUsd = nanoUsd((reservation.amount * BigInt(action.share)) / 100n);
            pool.settle(reservation, cost);
            spent += cost;
          } else {
            for (const given of pool.takeReturns(NOW_MS, 0)) returned += given.amount;
          }
          const { free, reserved } = pool.totals();
          expect(free >= 0n && reserved >= 0n).toBe(true);
          expect(free + reserved + spent + returned).toBe(granted);
        }
      }),
    );
  });
});
