import { minUsd, nanoUsd, type NanoUsd } from '@ao/kernel';
import fc from 'fast-check';
import { extendReservation } from './extend-reservation.js';
import { LeasePool, type Lease, type Reservation } from './lease-pool.js';

const NOW_MS = 1_000_000;
const PATH = ['leaf', 'root'].map((walletId) => ({ walletId, name: walletId, unlimited: false }));
const lease = (leaseId: string, walletId: string, granted: bigint): Lease => ({
  leaseId,
  walletId,
  granted: nanoUsd(granted),
  expiresAtMs: NOW_MS + 60_000,
  periodEndsAtMs: null,
});
const reservationOf = (...charges: [walletId: string, leaseId: string | null, reserved: bigint][]): Reservation => ({
  charges: charges.map(([walletId, leaseId, reserved]) => ({ walletId, leaseId, reserved: nanoUsd(reserved) })),
  amount: nanoUsd(charges[0]![2]),
});
const reserve = (pool: LeasePool, amount: bigint): Reservation | null => {
  const outcome = pool.reserve('leaf', nanoUsd(amount), NOW_MS);
  return outcome.kind === 'reserved' ? outcome.reservation : null;
};

/** How the ledger of the wallet service draws the cost of a call from the leases of one wallet. */
function draw(
  remaining: Map<string, bigint>,
  cost: bigint,
  draws: { leaseId: string | null; reserved: bigint }[],
): void {
  let rest = cost;
  draws.forEach(({ leaseId, reserved }, index) => {
    const share = index === draws.length - 1 ? rest : minUsd(nanoUsd(rest), nanoUsd(reserved));
    const drawn = minUsd(nanoUsd(share), nanoUsd(remaining.get(leaseId!)!));
    remaining.set(leaseId!, remaining.get(leaseId!)! - drawn);
    rest -= drawn;
  });
}

describe('a reservation that is extended', () => {
  it('[BX-003] takes more from the lease that it has, and adds the lease that it has not', () => {
    const reservation = reservationOf(['leaf', 'l1', 10n], ['root', 'r1', 10n]);
    expect(extendReservation(reservation, reservationOf(['leaf', 'l1', 5n], ['root', 'r2', 5n]))).toBe(true);
    expect(reservation).toEqual({
      ...reservationOf(['leaf', 'l1', 15n], ['root', 'r1', 10n], ['root', 'r2', 5n]),
      amount: 15n,
    });
  });

  it('charges no wallet that came onto the path meanwhile: it would pay for the whole call', () => {
    const reservation = reservationOf(['leaf', 'l1', 10n], ['root', 'r1', 10n]);
    expect(extendReservation(reservation, reservationOf(['leaf', 'l1', 5n], ['other', 'o1', 5n]))).toBe(false);
    expect(reservation).toEqual(reservationOf(['leaf', 'l1', 10n], ['root', 'r1', 10n]));
  });

  it('keeps to the number of charges that a report takes', () => {
    const reservation = reservationOf(['leaf', 'l0', 1n]);
    for (let index = 1; index < 256; index += 1) {
      expect(extendReservation(reservation, reservationOf(['leaf', `l${index}`, 1n]))).toBe(true);
    }
    expect(extendReservation(reservation, reservationOf(['leaf', 'l256', 1n]))).toBe(false);
    expect(extendReservation(reservation, reservationOf(['leaf', 'l255', 1n]))).toBe(true);
    expect(reservation.charges).toHaveLength(256);
  });

  it('[BX-003] holds a dropped lease to have paid nothing: the others may not be given out again', () => {
    const pool = new LeasePool();
    pool.add('leaf', [PATH[0]!], [lease('l1', 'leaf', 10n)], NOW_MS);
    const reservation = reserve(pool, 10n)!;
    pool.add('leaf', [PATH[0]!], [lease('l2', 'leaf', 100n)], NOW_MS);
    extendReservation(reservation, reserve(pool, 20n)!);
    pool.drop(['l1']);
    pool.settle(reservation, nanoUsd(25n));
    expect(pool.totals()).toEqual({ leases: 1, free: 75n, reserved: 0n });
  });

  it('[BX-003] [BX-001] leaves in each lease exactly what the ledger leaves in it, however often it grew and whatever it cost', () => {
    const amount = fc.bigInt({ min: 1n, max: 60n });
    const call = fc.record({
      slices: fc.array(amount, { minLength: 1, maxLength: 6 }),
      percent: fc.integer({ min: 0, max: 100 }),
    });
    const grants = fc.array(fc.bigInt({ min: 20n, max: 200n }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(grants, grants, fc.array(call, { maxLength: 5 }), (leaf, root, calls) => {
        const leases = [
          ...leaf.map((granted, index) => lease(`l${index}`, 'leaf', granted)),
          ...root.map((granted, index) => lease(`r${index}`, 'root', granted)),
        ];
        const pool = new LeasePool();
        pool.add('leaf', PATH, leases, NOW_MS);
        const ledger = new Map<string, bigint>(leases.map(({ leaseId, granted }) => [leaseId, granted]));
        for (const { slices, percent } of calls) {
          const reservation = reserve(pool, slices[0]!);
          if (!reservation) continue;
          for (const slice of slices.slice(1)) {
            const further = reserve(pool, slice);
            if (further) expect(extendReservation(reservation, further)).toBe(true);
          }
          const cost: NanoUsd = nanoUsd((reservation.amount * BigInt(percent)) / 100n);
          pool.settle(reservation, cost);
          for (const walletId of ['leaf', 'root']) {
            draw(
              ledger,
              cost,
              reservation.charges.filter((charge) => charge.walletId === walletId),
            );
          }
        }
        expect(pool.totals().reserved).toBe(0n);
        for (const { leaseId, amount: left } of pool.takeAll(NOW_MS))
          expect([leaseId, left]).toEqual([leaseId, ledger.get(leaseId)]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('[BX-001] never gives out what the ledger has drawn, when a call costs more than it had reserved', () => {
    const pool = new LeasePool();
    pool.add('leaf', [PATH[0]!], [lease('l1', 'leaf', 30n)], NOW_MS);
    const reservation = reserve(pool, 30n)!;
    pool.add('leaf', [PATH[0]!], [lease('l2', 'leaf', 100n)], NOW_MS);
    extendReservation(reservation, reserve(pool, 20n)!);
    pool.settle(reservation, nanoUsd(90n));
    // 30 from the first, the other 60 from the last.
    expect(pool.takeAll(NOW_MS)).toEqual([
      { leaseId: 'l2', walletId: 'leaf', sequence: 1, amount: 40n, close: true },
      { leaseId: 'l1', walletId: 'leaf', sequence: 1, amount: 0n, close: true },
    ]);
  });
});
