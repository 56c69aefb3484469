import type { Budget, LeasePool } from '@ao/gateway/simulation';

/** A lease as its gateway keeps it. */
export interface PooledLease {
  leaseId: string;
  walletId: string;
  free: bigint;
  reserved: bigint;
  expiresAtMs: number;
  periodEndsAtMs: number | null;
}

/** A return that the ledger has not confirmed. */
export interface OpenReturn {
  leaseId: string;
  walletId: string;
  sequence: number;
  amount: bigint;
}

/*
 * What no caller of these classes may see, and a witness must: the promises are about it. The names are checked at each
 * run, for a check that looks at nothing would pass.
 */

export const leasesIn = (pool: LeasePool): ReadonlyMap<string, readonly PooledLease[]> =>
  present((pool as unknown as { leases?: Map<string, PooledLease[]> }).leases, 'LeasePool.leases');

export const openReturnsOf = (budget: Budget): readonly OpenReturn[] =>
  present((budget as unknown as { unconfirmed?: OpenReturn[] }).unconfirmed, 'Budget.unconfirmed');

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`${name} has another name by now: change it in the simulation too`);
  return value;
}
