import { picoUsd, type NanoUsd, type PicoUsd } from '@ao/kernel';
import { cost } from './cost.js';
import { rateOf, tierOf, type PriceRow } from './rates.js';
import { inputTokensOf, USAGE_BUCKETS, USAGE_FIELDS, type Usage } from './usage.js';

const PICO_USD_PER_NANO_USD = 1_000n;

/** A part of a cost: `count` × `ratePico` = `amountPico`, exactly. */
export interface CostLine {
  /** Tokens of one kind, or what is billed by another unit. */
  bucket: keyof Usage;
  count: number;
  ratePico: PicoUsd;
  amountPico: PicoUsd;
}

/**
 * How a cost comes about: the amounts of its lines and the rounding add up to it, to the pico-dollar. Each cost is rounded
 * once, as a whole, so no line is; the rounding is at most half a nano-dollar either way.
 * @param serviceTier how the provider served the call; null: as usual.
 */
export function explainCost(
  usage: Usage,
  row: PriceRow,
  serviceTier: string | null = null,
): { lines: CostLine[]; roundingPico: PicoUsd; cost: NanoUsd } {
  const tier = tierOf(row, serviceTier, inputTokensOf(usage));
  const lines = USAGE_FIELDS.filter((field) => usage[field] !== 0)
    .map((bucket) => {
      const ratePico = row.free ? picoUsd(0n) : rateOf(bucket, row, tier);
      return { bucket, count: usage[bucket], ratePico, amountPico: picoUsd(BigInt(usage[bucket]) * ratePico) };
    })
    // Every call is one call: only where that costs something does it explain anything.
    .filter(({ bucket, ratePico }) => ratePico !== 0n || TOKENS.has(bucket));
  const rounded = cost(usage, row, serviceTier);
  const exactPico = lines.reduce((sum, { amountPico }) => sum + amountPico, 0n);
  return { lines, roundingPico: picoUsd(rounded * PICO_USD_PER_NANO_USD - exactPico), cost: rounded };
}

const TOKENS: ReadonlySet<keyof Usage> = new Set(USAGE_BUCKETS);
