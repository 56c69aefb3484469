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

/** What an alert tells, by its type. */
export type AlertFacts = BudgetThresholdFacts | AutoTopUpFacts | LedgerViolationFacts;

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
