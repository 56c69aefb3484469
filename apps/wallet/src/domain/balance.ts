import { maxUsd, nanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';
import type { CreditState } from './credit.js';
import { spendableMax, type Wallet } from './wallet.js';

/** What one wallet spent and holds in one period. */
export interface PeriodBalance {
  walletId: string;
  periodKey: string;
  posted: NanoUsd;
  /** What its leases may still spend. */
  held: NanoUsd;
  /** What transfers brought to the budget of this period. */
  transferredIn: NanoUsd;
  /** What transfers took from it. */
  transferredOut: NanoUsd;
  /** The most that could be spent when one of its leases was granted, null before the first: what audits measure by. */
  spendableMax: NanoUsd | null;
  credit: CreditState;
}

type Given = Pick<PeriodBalance, 'transferredIn' | 'transferredOut'> & { credit: Pick<CreditState, 'credited'> };
type Amounts = Pick<PeriodBalance, 'posted' | 'held'> & Given;
type Spending = Pick<PeriodBalance, 'posted'> & Given;
type Limits = Pick<Wallet, 'limit' | 'overdraftPercent'>;

/** The limit of the period as transfers moved it, and credits, without overdraft: what percentages are of; null: unlimited. */
export function budgetOf({ limit }: Pick<Wallet, 'limit'>, given: Given): NanoUsd | null {
  return limit === null ? null : maxUsd(ZERO_USD, nanoUsd(limit + netOf(given)));
}

/** What may be spent in the period at all: the limit with its overdraft, transfers and credits; null: unlimited. */
export function spendableOf(wallet: Limits, given: Given): NanoUsd | null {
  const spendable = spendableMax(wallet);
  return spendable === null ? null : nanoUsd(spendable + netOf(given));
}

/** What can still be held; below zero after an overage, a correction or a lowered limit; null: unlimited. */
export function availableOf(wallet: Limits, amounts: Amounts): NanoUsd | null {
  const spendable = spendableOf(wallet, amounts);
  return spendable === null ? null : nanoUsd(spendable - amounts.posted - amounts.held);
}

/** What can still go to another wallet: what is available but for the overdraft; null: unlimited. */
export function movableOf(wallet: Pick<Wallet, 'limit'>, amounts: Amounts): NanoUsd | null {
  return availableOf({ limit: wallet.limit, overdraftPercent: 0 }, amounts);
}

/** How far spending lies above the budget itself, or above the credits of a prepaid wallet. */
export function overdraftUsedOf(wallet: Limits, spending: Spending): NanoUsd {
  const budget = budgetOf(wallet, spending);
  return budget === null ? ZERO_USD : maxUsd(ZERO_USD, nanoUsd(spending.posted - budget));
}

/** Of the budget, two places, rounded down; null: there is no limit. A budget of zero counts as used up. */
export function usedPercentOf(wallet: Limits & Pick<Wallet, 'kind'>, spending: Spending): number | null {
  const budget = budgetOf(wallet, spending);
  if (budget === null || wallet.kind === 'prepaid') return null;
  if (budget === 0n) return 100;
  return Number((spending.posted * 10_000n) / budget) / 100;
}

const netOf = ({ transferredIn, transferredOut, credit }: Given): bigint =>
  transferredIn - transferredOut + credit.credited;
