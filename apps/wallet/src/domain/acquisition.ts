import { maxUsd, minUsd, nanoUsd, type NanoUsd } from '@ao/kernel';
import { availableOf } from './balance.js';
import type { Ledger, PeriodRef } from './ledger.js';
import type { Wallet } from './wallet.js';

/** What a gateway asks for. */
export interface Acquisition {
  /** Less is of no use: the estimate of the request that waits. */
  amountMin: NanoUsd;
  amountWanted: NanoUsd;
  /** Where the gateway still has enough. */
  skipWalletIds: ReadonlySet<string>;
}

interface Grant extends PeriodRef {
  amount: NanoUsd;
}

export type AcquisitionDecision =
  | { kind: 'granted'; grants: Grant[] }
  | { kind: 'refused'; reason: 'exhausted' | 'inactive'; wallet: Wallet; shortfall: NanoUsd };

/** A payer and the period that its money comes from. */
export interface PathStep {
  wallet: Wallet;
  periodKey: string;
}

/**
 * Decides on all wallets of a path together: each gets its grant, or none does and the first that refuses is named.
 *
 * @param path Leaf first.
 * @param sharePercentMax Of what is available, how much one grant may take beyond `amountMin`, so that the first gateway
 *   that asks does not lock the budget away from all others.
 */
export function decideAcquisition(
  ledger: Pick<Ledger, 'balance'>,
  path: readonly PathStep[],
  wish: Acquisition,
  sharePercentMax: number,
): AcquisitionDecision {
  const grants: Grant[] = [];
  for (const { wallet, periodKey } of path) {
    if (!wallet.active) return { kind: 'refused', reason: 'inactive', wallet, shortfall: nanoUsd(0n) };
    if (wallet.limit === null || wish.skipWalletIds.has(wallet.id)) continue;
    const ref = { walletId: wallet.id, periodKey };
    const available = availableOf(wallet, ledger.balance(ref))!;
    if (available < wish.amountMin) {
      return { kind: 'refused', reason: 'exhausted', wallet, shortfall: nanoUsd(wish.amountMin - available) };
    }
    const share = nanoUsd((available * BigInt(sharePercentMax)) / 100n);
    const amount = minUsd(maxUsd(wish.amountMin, wish.amountWanted), maxUsd(wish.amountMin, share));
    if (amount > 0n) grants.push({ ...ref, amount });
  }
  return { kind: 'granted', grants };
}
