import { ZERO_USD } from '@ao/kernel';
import type { Ledger, LedgerStore, LedgerTransaction } from '@ao/wallet/simulation';
import { overriding } from './overriding.js';
import type { Mutation, Sabotage } from './sabotage.js';

/** Mistakes that the wallet service could make. */

const inTransaction = (
  change: (honest: LedgerTransaction, store: LedgerStore) => Partial<LedgerTransaction>,
): Sabotage => ({
  store: (store) =>
    overriding(store, {
      transact: (work) => store.transact((honest) => work(overriding(honest, change(honest, store)))),
    }),
});

const onLockedLedger = (change: (honest: Ledger) => Partial<Ledger>): Sabotage =>
  inTransaction((transaction) => ({
    lock: async (scope) => {
      const locked = await transaction.lock(scope);
      return { ...locked, ledger: overriding(locked.ledger, change(locked.ledger)) };
    },
  }));

let returnsSeen = 0;

export const ledgerMutations: readonly Mutation[] = [
  {
    name: 'asks neither inbox nor ledger whether a call was posted before',
    sabotage: inTransaction(() => ({
      claimEvents: (_consumer, eventIds) => Promise.resolve([...eventIds]),
      postedKeys: () => Promise.resolve(new Set()),
    })),
  },
  {
    name: 'takes the same return of a lease again',
    sabotage: onLockedLedger((ledger) => ({
      giveBack: (leaseId, back) => ledger.giveBack(leaseId, { ...back, sequence: (returnsSeen += 1) + 1_000_000 }),
    })),
  },
  {
    name: 'releases an expired lease without the grace period',
    sabotage: { terms: (terms) => ({ ...terms, graceMs: 0 }) },
  },
  {
    name: 'posts a cost without drawing it from the lease',
    sabotage: onLockedLedger(() => ({ draw: (_leaseId, cost) => cost })),
  },
  {
    name: 'decides on money that it has not locked',
    sabotage: inTransaction((_transaction, store) => ({
      // The locks go with a transaction of their own.
      lock: (scope) => store.transact((other) => other.lock(scope)),
    })),
  },
  {
    name: 'does not count what is held already',
    sabotage: onLockedLedger((ledger) => ({ balance: (ref) => ({ ...ledger.balance(ref), held: ZERO_USD }) })),
  },
  {
    name: 'forgets the acquisitions that it has answered',
    sabotage: inTransaction(() => ({
      findAcquisitions: () => Promise.resolve(new Map()),
      saveAcquisitions: () => Promise.resolve(),
    })),
  },
  {
    name: 'posts in the period of the settlement instead of that of the hold',
    sabotage: {
      store: (store, clock) =>
        overriding(store, {
          findLeases: async (leaseIds) => {
            const today = new Date(clock.nowMs()).toISOString().slice(0, 10);
            const leases = await store.findLeases(leaseIds);
            return new Map(
              [...leases].map(([id, lease]) => [
                id,
                lease.periodKey === 'all' ? lease : { ...lease, periodKey: today },
              ]),
            );
          },
        }),
    },
  },
  {
    name: 'loses the events of the ledger on the way to the outbox',
    sabotage: inTransaction((transaction) => ({
      save: (ledger, entries, events) => transaction.save(ledger, entries, events.slice(1)),
    })),
  },
  {
    name: 'ends a lease that is given back while calls of it are still on their way',
    sabotage: onLockedLedger((ledger) => ({
      giveBack: (leaseId, back) => {
        const isKnown = ledger.giveBack(leaseId, back);
        if (back.close) ledger.expire(leaseId);
        return isKnown;
      },
    })),
  },
  {
    name: 'refuses without asking other gateways for idle leases',
    sabotage: { store: (store) => overriding(store, { findHolders: () => Promise.resolve([]) }) },
  },
];
