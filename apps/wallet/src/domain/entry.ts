import type { NanoUsd } from '@ao/kernel';

/** `overage`: spent without a hold. `transfer_…`: moved, not spent. `reset`: marks that a new period began; moves nothing. */
type EntryKind = 'usage' | 'overage' | 'adjustment' | 'top_up' | 'transfer_out' | 'transfer_in' | 'reset';

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
/** What transfers brought to a budget and took from it. */
export const budgetAccount = (walletId: string): string => `budget:${walletId}`;
/** What is on its way from one wallet to another: even again once the transfer is complete. */
export const transferAccount = (transferId: string): string => `transfer:${transferId}`;
/** Budget that moved to or from a wallet below, and so never left this one's. */
export const withinAccount = (walletId: string): string => `within:${walletId}`;
/** What the budget of a wallet took along from that of the wallet above it, or brought. */
export const alongAccount = (walletId: string): string => `along:${walletId}`;
/** The other side of a marker. */
export const PERIOD_ACCOUNT = 'period';

export const settlementKey = (requestId: string, walletId: string): string => `usage:${requestId}:${walletId}`;
export const transferKey = (transferId: string, walletId: string): string => `transfer:${transferId}:${walletId}`;
export const resetKey = (walletId: string, periodKey: string): string => `reset:${walletId}:${periodKey}`;
