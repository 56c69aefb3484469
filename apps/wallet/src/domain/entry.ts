import { nanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';

/**
 * `overage`: spent without a hold. `adjustment`: a correction of what was spent, up or down. `top_up`: given to a prepaid
 * wallet. `expiry`: taken back of that. `reset`: marks that a new period began; moves nothing.
 */
type EntryKind = 'usage' | 'overage' | 'adjustment' | 'top_up' | 'expiry' | 'reset';

/** One movement in the ledger, from the credit to the debit account; never changed once written. */
export interface Entry {
  /** A second entry under the same key is refused. */
  idempotencyKey: string;
  walletId: string;
  orgId: string;
  periodKey: string;
  kind: EntryKind;
  amount: NanoUsd;
  debitAccount: string;
  creditAccount: string;
  requestId: string | null;
  leaseId: string | null;
  /** Why, in the words of who asked for it. */
  note?: string;
}

/** What a wallet spent. */
export const spendAccount = (walletId: string): string => `wallet:${walletId}`;
/** What a provider is owed: each call's cost once, credited by the leaf of its path. */
export const providerAccount = (provider: string): string => `provider:${provider}`;
/** What a wallet passed on to the one above it, which carries the same cost in its own budget. */
export const passedUpAccount = (walletId: string): string => `passed-up:${walletId}`;
/** What a prepaid wallet was given, from its own point of view a debt to whoever paid. */
export const creditAccount = (walletId: string): string => `credit:${walletId}`;
/** The other side of a top-up. */
export const PAYMENTS_ACCOUNT = 'payments';
/** The other side of a credit that expired. */
export const EXPIRED_ACCOUNT = 'expired';
/** The other side of a correction that an administrator made. */
export const ADJUSTMENT_ACCOUNT = 'adjustment';
/** The other side of a marker. */
export const PERIOD_ACCOUNT = 'period';

export const settlementKey = (requestId: string, walletId: string): string => `usage:${requestId}:${walletId}`;
export const adjustmentKey = (adjustmentId: string, walletId: string): string =>
  `adjustment:${adjustmentId}:${walletId}`;
export const topUpKey = (walletId: string, idempotencyKey: string): string => `top_up:${walletId}:${idempotencyKey}`;
/** @param expired What the credit has lost with this expiry: it only grows. */
export const expiryKey = (creditId: string, expired: NanoUsd): string => `expiry:${creditId}:${expired}`;
export const resetKey = (walletId: string, periodKey: string): string => `reset:${walletId}:${periodKey}`;

/** What the entry changes: what its wallet has spent, and what it was given. */
export function effectOf({
  walletId,
  amount,
  ...entry
}: Pick<Entry, 'walletId' | 'amount' | 'debitAccount' | 'creditAccount'>): { spent: NanoUsd; credited: NanoUsd } {
  const [spend, given] = [spendAccount(walletId), creditAccount(walletId)];
  const back = nanoUsd(0n - amount);
  if (entry.debitAccount === spend) return { spent: amount, credited: ZERO_USD };
  if (entry.creditAccount === spend) return { spent: back, credited: ZERO_USD };
  if (entry.creditAccount === given) return { spent: ZERO_USD, credited: amount };
  return { spent: ZERO_USD, credited: entry.debitAccount === given ? back : ZERO_USD };
}
