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

/** What an alert tells, by its type. */
export type AlertFacts = BudgetThresholdFacts;

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
