import type { BudgetScope } from '@ao/contracts';
import type { LeaseTerms } from '@ao/wallet/simulation';

/** What the largest call reserves, roughly: limits are drawn in calls. */
export const CALL_NANO_USD = 120_000n;

/** How often what goes wrong: probabilities for each message, statement or write. */
export interface FaultRates {
  requestLost: number;
  answerLost: number;
  requestTwice: number;
  /** Of a message taking long; else it takes a few milliseconds. */
  messageSlow: number;
  publishLost: number;
  /** Stored, but the publisher is not told. */
  publishUnconfirmed: number;
  deliveryTwice: number;
  ackLost: number;
  /** The bus recognises a repeated event by its id. It does for two minutes; not here, where this is false. */
  busDeduplicates: boolean;
  /** The database breaks the connection, before or after it has committed. */
  statementFails: number;
  /** The process dies at this very statement. */
  statementKills: number;
}

export interface WalletPlan {
  name: string;
  /** Index of an earlier one. */
  parent: number | null;
  limit: bigint | null;
  period: 'none' | 'day';
  overdraftPercent: number;
  /** Null: pays for its keys, as all below it do; else for every call within the scope. */
  scope: BudgetScope | null;
}

/** What the provider does with a call. */
export type ProviderPlan =
  | { kind: 'answers'; promptTokens: number; completionTokens: number; latencyMs: number; streamed: boolean }
  | { kind: 'refuses' | 'breaks'; latencyMs: number };

export interface CallPlan {
  kind: 'call';
  atMs: number;
  gateway: number;
  wallet: number;
  maxTokens: number;
  promptLength: number;
  endUser: string | null;
  provider: ProviderPlan;
  /** After so long the caller hangs up; null: it waits. */
  leavesAfterMs: number | null;
}

export type Operation =
  | CallPlan
  | { kind: 'crash-gateway' | 'stop-gateway'; atMs: number; gateway: number; downMs: number }
  | { kind: 'crash-wallet' | 'crash-metering'; atMs: number; replica: number; downMs: number }
  /** The gateway reaches nobody. */
  | { kind: 'cut-off'; atMs: number; gateway: number; forMs: number }
  | { kind: 'bus-away'; atMs: number; forMs: number }
  | { kind: 'set-limit'; atMs: number; wallet: number; limit: bigint | null }
  | { kind: 'set-active'; atMs: number; wallet: number; isActive: boolean }
  /** The inbox forgets, as it does after a week: the ledger itself must know what it has. */
  | { kind: 'forget-inbox'; atMs: number };

/** All that is decided before a run: who is there, what they do, and how the world treats them. */
export interface Plan {
  seed: number;
  /** One seed in five has a world without faults, and stricter checks. */
  isFaulty: boolean;
  startsAtMs: number;
  /** Until here operations begin and faults happen. */
  durationMs: number;
  /** How far each one's clock is wrong. */
  gatewaySkewsMs: number[];
  walletSkewsMs: number[];
  meteringSkewsMs: number[];
  terms: LeaseTerms;
  leaseIdleMs: number;
  sweepEveryMs: number;
  wallets: WalletPlan[];
  faults: FaultRates;
  operations: Operation[];
}
