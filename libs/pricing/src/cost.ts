import { roundToNanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';
import { rateOf, tierOf, type PriceRow } from './rates.js';
import { inputTokensOf, USAGE_FIELDS, type Usage } from './usage.js';

/**
 * What a usage costs at a price: exact in pico-dollars, rounded once, half to even. A free model costs 0.
 * @param serviceTier how the provider served the call; null: as usual. A tier that the price does not know costs the base.
 * @throws RangeError when a count is no whole number.
 */
export function cost(usage: Usage, row: PriceRow, serviceTier: string | null = null): NanoUsd {
  if (row.free) return ZERO_USD;
  const tier = tierOf(row, serviceTier, inputTokensOf(usage));
  let pico = 0n;
  for (const field of USAGE_FIELDS) {
    if (usage[field] !== 0) pico += BigInt(usage[field]) * rateOf(field, row, tier);
  }
  return roundToNanoUsd(pico);
}
