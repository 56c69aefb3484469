import { maxUsd, nanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';
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
}

type Amounts = Pick<PeriodBalance, 'posted' | 'held'>;
type Limits = Pick<Wallet, 'limit' | 'overdraftPercent'>;

/** What can still be held; below zero after an overage or a lowered limit; null: unlimited. */
export function availableOf(wallet: Limits, { posted, held }: Amounts): NanoUsd | null {
  const spendable = spendableMax(wallet);
  return spendable === null ? null : nanoUsd(spendable - posted - held);
}

/** How far spending lies above the limit itself. */
export function overdraftUsedOf(wallet: Limits, { posted }: Pick<Amounts, 'posted'>): NanoUsd {
  return wallet.limit === null ? ZERO_USD : maxUsd(ZERO_USD, nanoUsd(posted - wallet.limit));
}

/** Of the limit, two places, rounded down; null: unlimited. A limit of zero counts as used up. */
export function usedPercentOf(wallet: Limits, { posted }: Pick<Amounts, 'posted'>): number | null {
  if (wallet.limit === null) return null;
  if (wallet.limit === 0n) return 100;
  return Number((posted * 10_000n) / wallet.limit) / 100;
}
