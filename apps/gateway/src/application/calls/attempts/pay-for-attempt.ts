import { ZERO_USD, nanoUsd } from '@ao/kernel';
import type { Reservation } from '../../../domain/lease-pool.js';
import type { Budget } from '../../budget.js';
import type { Payers } from '../../payers.js';
import type { CallPrice } from '../price-call.js';
import { SLICE_TOKENS_MIN, StreamAllowance } from '../stream-allowance.js';
import { takeSlice, type Slice } from '../take-slice.js';
import type { RunningCall } from './running-call.js';

/**
 * Reserves for the first attempt of a call: all that it can cost, or of an open-ended stream a first slice.
 * @throws AppError as `Budget.reserve` does.
 */
export function payForFirst(budget: Budget, payers: Payers | null, { output, costMax }: CallPrice): Promise<Slice> {
  const { first, max } = output;
  if (costMax(first) === ZERO_USD) return Promise.resolve({ tokens: max, reservation: null });
  return takeSlice(budget, payers, { tokensWanted: first, tokensMin: leastOf(output), amountOf: costMax });
}

/**
 * Sees to it that the next attempt is paid for as well, beside what the earlier ones have cost: one reservation per call,
 * however many attempts.
 * @param payers Those of the model that the call goes on at.
 * @throws AppError as `Budget.reserve` does; the call keeps what it has.
 */
export async function payForNext(
  budget: Budget,
  running: RunningCall,
  payers: Payers | null,
  { output, costMax }: CallPrice,
): Promise<Slice> {
  const spent = running.record.cost;
  const isSamePayer = running.payers?.key === payers?.key;
  const free = isSamePayer && running.reservation ? running.reservation.amount - spent : 0n;
  const amountOf = (tokens: number) => nanoUsd(atLeastZero(costMax(tokens) - free));
  if (amountOf(output.first) === ZERO_USD) {
    return { tokens: output.first, reservation: running.reservation };
  }
  const wanted = { tokensWanted: output.first, tokensMin: leastOf(output) };
  if (isSamePayer && running.reservation) {
    const more = await takeSlice(budget, payers, { ...wanted, amountOf });
    if (more.reservation && budget.extend(running.reservation, more.reservation)) {
      return { tokens: more.tokens, reservation: running.reservation };
    }
  }
  return swap(
    budget,
    running,
    payers,
    await takeSlice(budget, payers, { ...wanted, amountOf: anewFor(costMax, spent) }),
  );
}

/** Other payers hold all of it, the earlier attempts included; those before get theirs back. */
function swap(budget: Budget, running: RunningCall, payers: Payers | null, slice: Slice): Slice {
  budget.settle(running.reservation, ZERO_USD);
  running.payers = payers;
  running.reservation = slice.reservation;
  return slice;
}

/** How far an answer may run that is not reserved for to its end; null where all of it is. */
export function allowanceOf(
  budget: Budget,
  payers: Payers | null,
  reservation: Reservation | null,
  price: CallPrice,
  tokens: number,
): StreamAllowance | null {
  if (payers === null || reservation === null || tokens >= price.output.max) return null;
  return new StreamAllowance({ budget, payers, reservation, price, tokens });
}

const anewFor =
  (costMax: CallPrice['costMax'], spent: bigint) =>
  (tokens: number): ReturnType<CallPrice['costMax']> =>
    nanoUsd(costMax(tokens) + spent);

const leastOf = ({ first, max }: CallPrice['output']): number =>
  first < max ? Math.min(first, SLICE_TOKENS_MIN) : first;
const atLeastZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n);
