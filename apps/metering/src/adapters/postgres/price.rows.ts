import { picoUsd, type PicoUsd } from '@ao/kernel';
import {
  PRICE_ORIGINS,
  RATE_NAMES,
  type Price,
  type PriceEntry,
  type PriceOrigin,
  type Rates,
} from '../../domain/price.js';
import type { PriceModel } from './generated/models.js';

export type PriceRow = Omit<PriceModel, 'sequence' | 'createdAt'>;

export function toRow({ effectiveFromMs, contextTokensMax, outputTokensMax, ...entry }: PriceEntry): PriceRow {
  return {
    ...entry,
    effectiveFrom: new Date(effectiveFromMs),
    contextTokensMax: contextTokensMax === null ? null : BigInt(contextTokensMax),
    outputTokensMax: outputTokensMax === null ? null : BigInt(outputTokensMax),
  };
}

export function toPrice(row: PriceModel): Price {
  return {
    id: row.id,
    model: row.model,
    provider: row.provider,
    effectiveFromMs: row.effectiveFrom.getTime(),
    ...toRates(row),
    free: row.free,
    contextTokensMax: row.contextTokensMax === null ? null : Number(row.contextTokensMax),
    outputTokensMax: row.outputTokensMax === null ? null : Number(row.outputTokensMax),
    source: row.source,
  };
}

export const toEntry = (row: PriceModel): PriceEntry => ({
  ...toPrice(row),
  origin: toOrigin(row.origin),
  retired: row.retired,
});

/** @throws when the row holds something else: better no price list than one with the wrong price on top. */
function toOrigin(text: string): PriceOrigin {
  const origin = PRICE_ORIGINS.find((known) => known === text);
  if (origin) return origin;
  throw new Error(`a price row has the unknown origin ${text}`);
}

function toRates(row: PriceModel): Rates {
  const rates: Partial<Record<keyof Rates, PicoUsd | null>> = {};
  for (const name of RATE_NAMES) {
    const rate = row[name];
    rates[name] = rate === null ? null : picoUsd(rate);
  }
  return rates as Rates;
}
