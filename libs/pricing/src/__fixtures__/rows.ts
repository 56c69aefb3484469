import { parseUsdPerMillionTokens, picoUsd } from '@ao/kernel';
import fc from 'fast-check';
import { RATE_NAMES, type PriceRow, type RateName } from '../rates.js';

type PriceTier = PriceRow['tiers'][number];

/** A price of 2.50 USD in, 10 USD out per million tokens, with whatever a test changes. */
export function priceRow(changes: Partial<PriceRow> = {}): PriceRow {
  return {
    ...NO_RATES,
    id: 'prc_1',
    model: 'm',
    provider: null,
    effectiveFromMs: 0,
    inputPico: parseUsdPerMillionTokens('2.50'),
    outputPico: parseUsdPerMillionTokens('10'),
    tiers: [],
    free: false,
    contextTokensMax: null,
    outputTokensMax: null,
    source: 'test',
    ...changes,
  };
}

const NO_RATES = Object.fromEntries(RATE_NAMES.map((name) => [name, null])) as Record<RateName, null>;

/** A tier that differs from its base by the given rates. */
export const priceTier = (changes: Partial<PriceTier>): PriceTier => ({
  serviceTier: null,
  promptTokensAbove: 0,
  ...NO_RATES,
  ...changes,
});

export const SERVICE_TIERS = [null, 'priority', 'flex', 'batch'];

const rate = fc.bigInt({ min: 0n, max: 200_000_000n }).map(picoUsd);

const anyRates = fc
  .array(fc.option(rate), { minLength: RATE_NAMES.length, maxLength: RATE_NAMES.length })
  .map((rates) => Object.fromEntries(RATE_NAMES.map((name, index) => [name, rates[index]])) as Pick<PriceRow, RateName>);

const anyTier = fc
  .record({
    rates: anyRates,
    serviceTier: fc.constantFrom(...SERVICE_TIERS),
    promptTokensAbove: fc.constantFrom(0, 1, 1_000, 200_000, 2_000_000),
  })
  .map(({ rates, ...tier }) => ({ ...rates, ...tier }));

/** Any rates, any tiers, however little sense they make. */
export const anyPriceRow = fc
  .record({ rates: anyRates, inputPico: rate, outputPico: rate, tiers: fc.array(anyTier, { maxLength: 6 }), free: fc.boolean() })
  .map(({ rates, ...row }) => priceRow({ ...rates, ...row }));
