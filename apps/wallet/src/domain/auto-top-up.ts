import type { NanoUsd } from '@ao/kernel';
import { availableOf, type PeriodBalance } from './balance.js';
import type { Wallet } from './wallet.js';

/** Whether the wallet has too little and nobody has been asked yet. */
export function needsTopUp(wallet: Wallet, balance: PeriodBalance): boolean {
  if (wallet.autoTopUp === null || balance.credit.topUpRequestedAtMs !== null) return false;
  return availableOf(wallet, balance)! < wallet.autoTopUp.below;
}

/**
 * Whether a top-up answers the request: it brought what was asked for, or enough. A smaller one does not, or a few coins
 * on the way would make whoever pays pay twice.
 */
export function answersRequest(wallet: Wallet, balance: PeriodBalance, toppedUp: NanoUsd): boolean {
  if (wallet.autoTopUp === null) return true;
  return toppedUp >= wallet.autoTopUp.amount || availableOf(wallet, balance)! >= wallet.autoTopUp.below;
}
