import { parseUsd } from '@ao/kernel';
import type { WalletBalance } from '../../api/types.js';
import { shareOf } from '../../format/money.js';
import type { Tone } from '../../ui/text.js';

/** The first threshold that a wallet warns at unless it was told otherwise. */
const WARNING_PERCENT = 80;

export interface BalanceState {
  kind: 'unlimited' | 'fine' | 'warning' | 'exhausted';
  tone: Tone;
  /** Of the limit, between 0 and 1. */
  spentShare: number;
  heldShare: number;
}

type Figures = Pick<WalletBalance, 'limit_usd' | 'spent_usd' | 'held_usd' | 'available_usd' | 'used_percent'>;

/** How a balance is to be shown: exhausted with nothing left, a warning from 80% of the limit on. */
export function stateOf({ limit_usd, spent_usd, held_usd, available_usd, used_percent }: Figures): BalanceState {
  const shareless = { spentShare: 0, heldShare: 0 };
  if (available_usd === null) return { kind: 'unlimited', tone: 'plain', ...shareless };
  const exhausted = parseUsd(available_usd) <= 0n;
  // Prepaid: there is money or there is none.
  if (limit_usd === null) {
    return exhausted ? { kind: 'exhausted', tone: 'bad', ...shareless } : { kind: 'fine', tone: 'good', ...shareless };
  }
  const limit = parseUsd(limit_usd);
  const shares = { spentShare: shareOf(parseUsd(spent_usd), limit), heldShare: shareOf(parseUsd(held_usd), limit) };
  if (exhausted) return { kind: 'exhausted', tone: 'bad', ...shares };
  if ((used_percent ?? 0) >= WARNING_PERCENT) return { kind: 'warning', tone: 'warn', ...shares };
  return { kind: 'fine', tone: 'good', ...shares };
}
