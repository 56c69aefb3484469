import { nanoUsd, type NanoUsd } from '@ao/kernel';
import { effectOf, type Entry } from './entry.js';
import type { Wallet } from './wallet.js';

export interface Crossing {
  wallet: Wallet;
  periodKey: string;
  percent: number;
  limit: NanoUsd;
  /** Right after the entry that crossed it. */
  spent: NanoUsd;
  requestId: string | null;
}

/**
 * The thresholds that a wallet has reached after these entries, each with the entry that reached it. Also names those
 * reached before (a lowered limit moves them): which of them is news, the ledger knows.
 *
 * @param postedBefore What was posted in the period before the entries.
 */
export function reachedThresholds(wallet: Wallet, postedBefore: NanoUsd, entries: readonly Entry[]): Crossing[] {
  const { limit } = wallet;
  if (limit === null || wallet.kind === 'prepaid') return [];
  const open = [...new Set(wallet.thresholdsPercent)].sort((a, b) => a - b);
  const crossings: Crossing[] = [];
  let spent = postedBefore;
  for (const entry of entries) {
    const { periodKey, requestId } = entry;
    spent = nanoUsd(spent + effectOf(entry).spent);
    while (open.length > 0 && spent * 100n >= limit * BigInt(open[0]!)) {
      crossings.push({ wallet, periodKey, percent: open.shift()!, limit, spent, requestId });
    }
  }
  return crossings;
}
