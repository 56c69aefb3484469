import type { LeaseBroker, LeasePool } from '@ao/gateway/simulation';
import type { Clock } from '@ao/kernel';
import type { RequestLog } from '@ao/metering/simulation';
import type { LeaseTerms, LedgerStore } from '@ao/wallet/simulation';

/** Where a mutation breaks the code on purpose: each takes an honest part and gives one with a mistake. */
export interface Sabotage {
  store?: (store: LedgerStore, clock: Clock) => LedgerStore;
  terms?: (terms: LeaseTerms) => LeaseTerms;
  pool?: (pool: LeasePool) => LeasePool;
  broker?: (broker: LeaseBroker) => LeaseBroker;
  requestLog?: (log: Pick<RequestLog, 'record'>) => Pick<RequestLog, 'record'>;
}

export const HONEST: Sabotage = {};

/** A mistake made on purpose, to see whether the simulation finds it. */
export interface Mutation {
  name: string;
  sabotage: Sabotage;
}
