import { picoUsd, type NanoUsd, type PicoUsd } from '@ao/kernel';
import { cost } from './cost.js';
import { rateOf, type PriceRow } from './rates.js';
import { USAGE_BUCKETS, type Usage, type UsageBucket } from './usage.js';

const PICO_USD_PER_NANO_USD = 1_000n;

/** A part of a cost: `count` × `ratePico` = `amountPico`, exactly. */
export interface CostLine {
  bucket: UsageBucket;
  count: number;
  ratePico: PicoUsd;
  amountPico: PicoUsd;
}

/**
 * How a cost comes about: the amounts of its lines and the rounding add up to it, to the pico-dollar. Each cost is rounded
 * once, as a whole, so no line is; the rounding is at most half a nano-dollar either way.
 */
export function explainCost(usage: Usage, row: PriceRow): { lines: CostLine[]; roundingPico: PicoUsd; cost: NanoUsd } {
  const lines = USAGE_BUCKETS.filter((bucket) => usage[bucket] !== 0).map((bucket) => {
    const ratePico = row.free ? picoUsd(0n) : rateOf(bucket, row);
    return { bucket, count: usage[bucket], ratePico, amountPico: picoUsd(BigInt(usage[bucket]) * ratePico) };
  });
  const rounded = cost(usage, row);
  const exactPico = lines.reduce((sum, { amountPico }) => sum + amountPico, 0n);
  return { lines, roundingPico: picoUsd(rounded * PICO_USD_PER_NANO_USD - exactPico), cost: rounded };
}
