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
  /** The most that could be spent when one of its leases was granted, null before the first: what audits measure by. */
  spendableMax: NanoUsd | null;
  credit: CreditState;
}

type Credited = { credit: Pick<CreditState, 'credited'> };
type Amounts = Pick<PeriodBalance, 'posted' | 'held'> & Credited;
type Limits = Pick<Wallet, 'limit' | 'overdraftPercent'>;

/** What may be spent in the period at all: the limit with its overdraft, and credits; null: unlimited. */
export function spendableOf(wallet: Limits, { credit }: Credited): NanoUsd | null {
  const spendable = spendableMax(wallet);
  return spendable === null ? null : nanoUsd(spendable + credit.credited);
}

/** What can still be held; below zero after an overage, a correction or a lowered limit; null: unlimited. */
export function availableOf(wallet: Limits, amounts: Amounts): NanoUsd | null {
  const spendable = spendableOf(wallet, amounts);
  return spendable === null ? null : nanoUsd(spendable - amounts.posted - amounts.held);
}

/** How far spending lies above the limit itself, or above the credits of a prepaid wallet. */
export function overdraftUsedOf(wallet: Limits, { posted, credit }: Omit<Amounts, 'held'>): NanoUsd {
  return wallet.limit === null ? ZERO_USD : maxUsd(ZERO_USD, nanoUsd(posted - wallet.limit - credit.credited));
}

/** Of the limit, two places, rounded down; null: there is no limit. A limit of zero counts as used up. */
export function usedPercentOf(
  wallet: Limits & Pick<Wallet, 'kind'>,
  { posted }: Pick<Amounts, 'posted'>,
): number | null {
  if (wallet.limit === null || wallet.kind === 'prepaid') return null;
  if (wallet.limit === 0n) return 100;
  return Number((posted * 10_000n) / wallet.limit) / 100;
}
