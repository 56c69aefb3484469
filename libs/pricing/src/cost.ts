import { roundToNanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';
import { rateOf, type PriceRow } from './rates.js';
import { USAGE_BUCKETS, type Usage } from './usage.js';

/**
 * What a usage costs at a price: exact in pico-dollars, rounded once, half to even. A free model costs 0.
 * @throws RangeError when a count is no whole number.
 */
export function cost(usage: Usage, row: PriceRow): NanoUsd {
  if (row.free) return ZERO_USD;
  let pico = 0n;
  for (const bucket of USAGE_BUCKETS) {
    if (usage[bucket] !== 0) pico += BigInt(usage[bucket]) * rateOf(bucket, row);
  }
  return roundToNanoUsd(pico);
}
