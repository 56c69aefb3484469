import type { LeasePool } from '@ao/gateway/simulation';
import { ZERO_USD, nanoUsd } from '@ao/kernel';
import { leasesIn } from '../checks/inside.js';
import { overriding } from './overriding.js';
import type { Mutation } from './sabotage.js';

/** Mistakes that a gateway, or metering, could make. */

const HOUR_MS = 3_600_000;

/** Puts back into the lease what was taken out of it for return. */
function keep(pool: LeasePool, returns: ReturnType<LeasePool['takeFree']>): ReturnType<LeasePool['takeFree']> {
  for (const { walletId, leaseId, amount } of returns) {
    const lease = leasesIn(pool)
      .get(walletId)
      ?.find((one) => one.leaseId === leaseId);
    if (lease) lease.free += amount;
  }
  return returns;
}

let recorded = 0;
const everyThird = (): boolean => (recorded += 1) % 3 === 0;

export const gatewayMutations: readonly Mutation[] = [
  {
    name: 'gives out leases that have ended',
    sabotage: {
      pool: (pool) => overriding(pool, { reserve: (key, amount, nowMs) => pool.reserve(key, amount, nowMs - HOUR_MS) }),
    },
  },
  {
    name: 'frees the whole reservation when a call ends, not the rest of it',
    sabotage: {
      pool: (pool) => overriding(pool, { settle: (reservation) => pool.settle(reservation, ZERO_USD) }),
    },
  },
  {
    name: 'goes on giving out what it has given back',
    sabotage: {
      pool: (pool) =>
        overriding(pool, {
          takeReturns: (nowMs, idleMs) => keep(pool, pool.takeReturns(nowMs, idleMs)),
          takeFree: (walletIds) => keep(pool, pool.takeFree(walletIds)),
        }),
    },
  },
  {
    name: 'gives back on recall what calls have reserved',
    sabotage: {
      pool: (pool) =>
        overriding(pool, {
          takeFree: (walletIds) =>
            pool.takeFree(walletIds).map((back) => {
              const lease = leasesIn(pool)
                .get(back.walletId)
                ?.find(({ leaseId }) => leaseId === back.leaseId);
              return { ...back, amount: nanoUsd(back.amount + (lease?.reserved ?? 0n)) };
            }),
        }),
    },
  },
  {
    name: 'charges only the first wallet of the path',
    sabotage: {
      pool: (pool) =>
        overriding(pool, {
          reserve: (key, amount, nowMs) => {
            const outcome = pool.reserve(key, amount, nowMs);
            if (outcome.kind !== 'reserved') return outcome;
            const { charges } = outcome.reservation;
            return { ...outcome, reservation: { ...outcome.reservation, charges: charges.slice(0, 1) } };
          },
        }),
    },
  },
  {
    name: 'takes a call for recorded whose record was lost',
    sabotage: {
      requestLog: (log) => ({
        record: (calls, refused) =>
          log.record(
            calls.filter(() => !everyThird()),
            refused,
          ),
      }),
    },
  },
  {
    name: 'logs a call and loses its event',
    sabotage: {
      requestLog: (log) => ({
        record: (calls, refused) =>
          log.record(
            calls.map((call) => (everyThird() ? { ...call, event: { ...call.event, subject: 'evt.lost' } } : call)),
            refused,
          ),
      }),
    },
  },
];
