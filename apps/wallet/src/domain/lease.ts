import { nanoUsd, type NanoUsd } from '@ao/kernel';

/**
 * `closing`: the gateway gives out no more of it, but what it gave out before may still be on its way here.
 * `closed`: nothing is left. `expired`: its gateway stayed silent, the rest was released.
 */
export type LeaseState = 'open' | 'closing' | 'closed' | 'expired';

/** An amount held on a wallet that one gateway may give out by itself. */
export interface Lease {
  id: string;
  acquisitionId: string;
  gatewayId: string;
  walletId: string;
  periodKey: string;
  granted: NanoUsd;
  /** Settled out of it. */
  used: NanoUsd;
  /** Given back by its gateway. */
  returned: NanoUsd;
  /** Of the last return: an earlier one that arrives again changes nothing. */
  returnSequence: number;
  state: LeaseState;
  expiresAtMs: number;
}

export const isHolding = ({ state }: Pick<Lease, 'state'>): boolean => state === 'open' || state === 'closing';

/** What the lease still holds on its wallet. */
export function remainingOf(lease: Lease): NanoUsd {
  return nanoUsd(isHolding(lease) ? lease.granted - lease.used - lease.returned : 0n);
}
