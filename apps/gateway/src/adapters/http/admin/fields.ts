import {
  formatUsd,
  nanoUsd,
  parseUsd,
  parseUsdPerMillionTokens,
  parseUsdPerUnit,
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

const priceField = (parse: (text: string) => PicoUsd, message: string) =>
  z.union([z.string(), z.number()]).transform((value, context): PicoUsd => {
    try {
      const price = parse(String(value));
      if (price >= 0n) return price;
    } catch {
      // Reported below, as for a negative price.
    }
    context.addIssue({ code: 'custom', message });
    return 0n as PicoUsd;
  });

/** `"2.50"` dollars per million tokens → pico-dollars per token. */
export const pricePerMillionField = priceField(
  parseUsdPerMillionTokens,
  'must be dollars per million tokens with at most 6 places, such as "2.50"',
);

/** `"0.005"` dollars for one of something → pico-dollars. */
export const pricePerUnitField = priceField(
  parseUsdPerUnit,
  'must be dollars for one, with at most 12 places, such as "0.005"',
);

export const formatOptionalUsd = (amount: NanoUsd | null): string | null =>
  amount === null ? null : formatUsd(amount);

/** Query fields of every list. */
export const pageFields = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(512).optional(),
};

/** Renames the fields of a flat record from camelCase to snake_case; values stay as they are. */
export function toSnakeCase(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [snakeCase(key), value]));
}

/** `cacheWrite5mTokens` → `cache_write_5m_tokens`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]|\d+[a-z]?/g, (part) => `_${part.toLowerCase()}`);
