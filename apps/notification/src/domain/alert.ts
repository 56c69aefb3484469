import type { NanoUsd } from '@ao/kernel';

/** Spending reached a share of a wallet's limit. */
interface BudgetThresholdFacts {
  type: 'budget_threshold';
  walletId: string;
  walletName: string;
  thresholdPercent: number;
  limit: NanoUsd;
  spent: NanoUsd;
  /** Key of the wallet's period, such as `2026-01`. */
  period: string;
  /** RFC 3339. */
  crossedAt: string;
}

/** Somebody asked to move budget from one wallet to another. Times are RFC 3339. */
interface TransferRequestedFacts {
  type: 'transfer_requested';
  transferId: string;
  fromWalletId: string;
  fromWalletName: string;
  toWalletId: string;
  toWalletName: string;
  amount: NanoUsd;
  reason: string | null;
  note: string | null;
  /** Key that asked. */
  requestedBy: string;
  requestedAt: string;
  /** Nobody can decide on it from then on. */
  expiresAt: string;
}

/** It was decided on, or nobody decided in time. */
interface TransferDecidedFacts extends Omit<TransferRequestedFacts, 'type'> {
  type: 'transfer_decided';
  state: 'approved' | 'rejected' | 'expired' | 'cancelled';
  /** Key that decided; null when it expired. */
  decidedBy: string | null;
  decisionReason: string | null;
  decidedAt: string;
}

/** A provider's invoice and the request log differ by more than the tolerance. */
interface ReconciliationGapFacts {
  type: 'reconciliation_gap';
  provider: string;
  /** UTC, `2026-01`. */
  month: string;
  tolerancePercent: string;
  ours: NanoUsd;
  invoiced: NanoUsd;
  /** Invoice minus ours. */
  difference: NanoUsd;
  /** How many models differ. */
  modelCount: number;
  /** The largest differences. */
  models: { model: string; state: 'over' | 'under' | 'missing_here' | 'missing_there'; difference: NanoUsd }[];
  /** RFC 3339. */
  uploadedAt: string;
}

/** A prepaid wallet is to be topped up. */
interface AutoTopUpFacts {
  type: 'auto_top_up';
  /** The idempotency key for the top-up that answers. */
  topUpRequestId: string;
  walletId: string;
  walletName: string;
  available: NanoUsd;
  below: NanoUsd;
  amount: NanoUsd;
  /** RFC 3339. */
  requestedAt: string;
}

/** The ledger contradicts itself. */
interface LedgerViolationFacts {
  type: 'ledger_violation';
  walletId: string;
  period: string;
  law: string;
  expected: NanoUsd;
  found: NanoUsd;
  /** RFC 3339. */
  foundAt: string;
}

/** A provider began to fail its checks, or passes them again. */
interface ProviderOutageFacts {
  type: 'provider_outage';
  providerId: string;
  providerName: string;
  /** True: it is over. */
  healthy: boolean;
  reason: string | null;
  /** RFC 3339. */
  changedAt: string;
}

/** The source of a provider's key gives none; the last good one stays in use. */
interface KeyRotationFailedFacts {
  type: 'key_rotation_failed';
  providerId: string;
  providerName: string;
  keyReference: string;
  reason: string;
  /** RFC 3339. */
  failedAt: string;
}

/** What an alert tells, by its type. */
export type AlertFacts =
  | ProviderOutageFacts
  | KeyRotationFailedFacts
  | BudgetThresholdFacts
  | ReconciliationGapFacts
  | AutoTopUpFacts
  | LedgerViolationFacts
  | TransferRequestedFacts
  | TransferDecidedFacts;

/** Something that an organisation wants to hear of, once. */
export interface Alert {
  id: string;
  orgId: string;
  /** Id of what it is about. */
  subject: string;
  /** The request that caused it, as its caller knows it. */
  requestId: string | null;
  facts: AlertFacts;
  createdAtMs: number;
}
