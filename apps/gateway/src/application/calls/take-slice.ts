import { AppError, ZERO_USD, nanoUsd, parseUsd, type NanoUsd } from '@ao/kernel';
import type { Reservation } from '../../domain/lease-pool.js';
import type { Budget } from '../budget.js';
import type { Payers } from '../payers.js';

/** Output tokens that money was reserved for. */
export interface Slice {
  tokens: number;
  /** Null for a caller without a wallet. */
  reservation: Reservation | null;
}

/** Of a wallet, and of a budget of another scope. */
const DRY_CODES: ReadonlySet<string> = new Set(['wallet_exhausted', 'budget_exceeded']);

interface SliceOptions {
  tokensWanted: number;
  /** Less is of no use. */
  tokensMin: number;
  amountOf: (tokens: number) => NanoUsd;
}

/**
 * Reserves all that is wanted, or else the largest half, quarter and so on of it that can be had, down to the least.
 * @throws AppError as `Budget.reserve` does, when not even the least can be paid.
 */
export async function takeSlice(budget: Budget, payers: Payers | null, options: SliceOptions): Promise<Slice> {
  const { tokensWanted: tokens, amountOf } = options;
  const amount = amountOf(tokens);
  try {
    return { tokens, reservation: await budget.reserve(payers, amount) };
  } catch (refusal) {
    if (payers === null) throw refusal;
    return takeLess(budget, payers, options, { refusal, payable: payableAfter(refusal, amount) });
  }
}

/** A refusal says what is missing: more than the wallet can pay is looked for only in the leases at hand. */
async function takeLess(
  budget: Budget,
  payers: Payers,
  { tokensWanted, tokensMin, amountOf }: SliceOptions,
  { refusal, payable }: { refusal: unknown; payable: NanoUsd },
): Promise<Slice> {
  for (let tokens = tokensWanted; tokens > tokensMin;) {
    tokens = Math.max(tokensMin, Math.floor(tokens / 2));
    const amount = amountOf(tokens);
    const atHand = budget.reserveAtOnce(payers, amount);
    if (atHand) return { tokens, reservation: atHand.reservation };
    if (amount > payable) continue;
    try {
      return { tokens, reservation: await budget.reserve(payers, amount) };
    } catch (error) {
      // Another call was quicker, or a wallet above has less.
      payable = payableAfter(error, amount);
    }
  }
  throw refusal;
}

/** What the wallet that refused `amount` has left. @throws the error itself when it is not about too little money. */
function payableAfter(error: unknown, amount: NanoUsd): NanoUsd {
  if (!(error instanceof AppError) || !DRY_CODES.has(error.code)) throw error;
  const shortfall = error.details?.['shortfall_usd'];
  return shortfall === undefined ? ZERO_USD : nanoUsd(amount - parseUsd(shortfall));
}
