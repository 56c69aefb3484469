import { formatUsd } from '@ao/kernel';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Shows a decimal string of dollars with every digit it has: `"12.5"` → `"$12.50"`, `"0.000123"` → `"$0.000123"`.
 * No number is made of it, so nothing can be rounded away. What is no decimal is shown as it came.
 */
export function showUsd(amount: string): string {
  const match = DECIMAL.exec(amount);
  if (!match) return amount;
  const [, sign = '', whole = '', fraction = ''] = match;
  return `${sign && '−'}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction.padEnd(2, '0')}`;
}

/**
 * The same text in two parts, so that the eye finds the cents: `"$312.480231417"` → `["$312.48", "0231417"]`. Amounts
 * below a cent stay whole, for there the fine digits are the amount.
 */
export function splitUsd(amount: string): [main: string, fine: string] {
  const shown = showUsd(amount);
  const cents = shown.indexOf('.') + 3;
  if (cents === 2 || !/[1-9]/.test(shown.slice(0, cents))) return [shown, ''];
  return [shown.slice(0, cents), shown.slice(cents)];
}

/** The same for nano-dollars. */
export const showNanoUsd = (amount: bigint): string => showUsd(formatUsd(amount));

/**
 * How much of `whole` the part is, between 0 and 1: for lengths on the screen, never for figures.
 * A whole of 0 or less is full as soon as there is any part.
 */
export function shareOf(part: bigint, whole: bigint): number {
  if (part <= 0n) return 0;
  if (whole <= part) return 1;
  return Number((part * 100_000n) / whole) / 100_000;
}
