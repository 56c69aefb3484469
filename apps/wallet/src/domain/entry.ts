import type { NanoUsd } from '@ao/kernel';

/** `overage`: spent without a hold. `reset`: marks that a new period began; moves nothing. */
type EntryKind = 'usage' | 'overage' | 'adjustment' | 'top_up' | 'reset';

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
}

/** What a wallet spent. */
export const spendAccount = (walletId: string): string => `wallet:${walletId}`;
/** What a provider is owed: each call's cost once, credited by the leaf of its path. */
export const providerAccount = (provider: string): string => `provider:${provider}`;
/** What a wallet passed on to the one above it, which carries the same cost in its own budget. */
export const passedUpAccount = (walletId: string): string => `passed-up:${walletId}`;
/** The other side of a marker. */
export const PERIOD_ACCOUNT = 'period';

export const settlementKey = (requestId: string, walletId: string): string => `usage:${requestId}:${walletId}`;
export const resetKey = (walletId: string, periodKey: string): string => `reset:${walletId}:${periodKey}`;
