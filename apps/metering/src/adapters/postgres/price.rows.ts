import { priceTier, type PriceTier } from '@ao/contracts';
import { picoUsd } from '@ao/kernel';
import { RATE_NAMES, type RateName } from '@ao/pricing';
import { z } from 'zod';
import { PRICE_ORIGINS, type Price, type PriceEntry, type PriceOrigin } from '../../domain/price.js';
import type { PriceModel } from './generated/models.js';

const tiersColumn = z.array(priceTier);

export function toPrice(row: PriceModel): Price {
  return {
    id: row.id,
    model: row.model,
    provider: row.provider,
    effectiveFromMs: row.effectiveFrom.getTime(),
    ...toRates(row),
    tiers: toTiers(row.tiers),
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

function toRates(row: PriceModel): Pick<Price, RateName> {
  const rates: Partial<Record<RateName, Price[RateName]>> = {};
  for (const name of RATE_NAMES) {
    const rate = row[name];
    rates[name] = rate === null ? null : picoUsd(rate);
  }
  return rates as Pick<Price, RateName>;
}

/** Most rows have none: those cost no parsing. */
function toTiers(column: unknown): PriceTier[] {
  return Array.isArray(column) && column.length === 0 ? [] : z.decode(tiersColumn, column as never);
}
