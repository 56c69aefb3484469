import {
  formatUsd,
  formatUsdPerMillionTokens,
  nanoUsd,
  parseUsd,
  parseUsdPerMillionTokens,
  type NanoUsd,
  type PicoUsd,
} from '@ao/kernel';
import { z } from 'zod';

/** How the admin API writes things: snake_case, money as decimal strings of dollars. */

const MONEY_MESSAGE = 'must be a decimal number of dollars with at most 9 places, such as "12.50"';

/** `"12.50"` (or a JSON number, read through its decimal text) → nano-dollars. */
export const usdField = z.union([z.string(), z.number()]).transform((value, context): NanoUsd => {
  try {
    const amount = parseUsd(String(value));
    // The ledger keeps 64-bit integers of nano-dollars.
    if (amount >= 0n && amount <= 9_000_000_000_000_000_000n) return amount;
  } catch {
    // Reported below, as for a negative amount.
  }
  context.addIssue({ code: 'custom', message: MONEY_MESSAGE });
  return nanoUsd(0n);
});

/** The same with a sign: `"-12.50"` gives money back. */
export const signedUsdField = z.union([z.string(), z.number()]).transform((value, context): NanoUsd => {
  try {
    return parseUsd(String(value));
  } catch {
    context.addIssue({ code: 'custom', message: MONEY_MESSAGE });
    return nanoUsd(0n);
  }
});

/** `"2.50"` dollars per million tokens → pico-dollars per token. */
export const pricePerMillionField = z.union([z.string(), z.number()]).transform((value, context): PicoUsd => {
  try {
    const price = parseUsdPerMillionTokens(String(value));
    if (price >= 0n) return price;
  } catch {
    // Reported below, as for a negative price.
  }
  context.addIssue({
    code: 'custom',
    message: 'must be dollars per million tokens with at most 6 places, such as "2.50"',
  });
  return 0n as PicoUsd;
});

export const formatOptionalUsd = (amount: NanoUsd | null): string | null =>
  amount === null ? null : formatUsd(amount);
export const formatOptionalPrice = (price: PicoUsd | null): string | null =>
  price === null ? null : formatUsdPerMillionTokens(price);

/** Query fields of every list. */
export const pageFields = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(512).optional(),
};

/** Renames the fields of a flat record from camelCase to snake_case; values stay as they are. */
export function toSnakeCase(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key.replace(/[A-Z]|\d+[a-z]?/g, (part) => `_${part.toLowerCase()}`),
      value,
    ]),
  );
}
