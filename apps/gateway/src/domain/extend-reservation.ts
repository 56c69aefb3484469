import { nanoUsd } from '@ao/kernel';
import type { Reservation } from './lease-pool.js';

/** What the contract of a usage report takes. */
const CHARGES_MAX = 256;

/**
 * Adds to a reservation what a further one took for the same call, so that both settle as one: `LeasePool.settle` and the
 * ledger divide the cost among the charges of a wallet in their order.
 * @returns false, and nothing is changed, when the further one charges another wallet (one was moved meanwhile: it would
 * pay for the whole call) or when there are too many charges to report.
 */
export function extendReservation(reservation: Reservation, further: Reservation): boolean {
  const { charges } = reservation;
  if (further.charges.some(({ walletId }) => !charges.some((charge) => charge.walletId === walletId))) return false;
  const known = further.charges.map(({ walletId, leaseId }) =>
    charges.find((charge) => charge.walletId === walletId && charge.leaseId === leaseId),
  );
  if (charges.length + known.filter((charge) => !charge).length > CHARGES_MAX) return false;
  further.charges.forEach((charge, index) => {
    const same = known[index];
    if (same) same.reserved = nanoUsd(same.reserved + charge.reserved);
    else charges.push({ ...charge });
  });
  reservation.amount = nanoUsd(reservation.amount + further.amount);
  return true;
}
