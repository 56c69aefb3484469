import { ZERO_USD, nanoUsd, type NanoUsd } from '@ao/kernel';

/** See the contract: what an invoice says of a model, seen from our log. */
type ReconciliationState = 'ok' | 'over' | 'under' | 'missing_here' | 'missing_there';

export interface Comparison {
  state: ReconciliationState;
  ours: NanoUsd;
  invoiced: NanoUsd;
  /** Invoice minus ours. */
  difference: NanoUsd;
  /** Of ours, rounded half up to two places; null where ours is 0. */
  differencePercent: string | null;
}

export interface ModelComparison extends Comparison {
  model: string;
}

const PERCENT_PLACES = 4;
const PERCENT_SCALE = 10n ** BigInt(PERCENT_PLACES);

/** Our totals and an invoice, model by model, the largest difference first; and their sums. */
export function reconcile(
  ours: ReadonlyMap<string, NanoUsd>,
  invoiced: ReadonlyMap<string, NanoUsd>,
  tolerancePercent: string,
): { lines: ModelComparison[]; total: Comparison } {
  const models = [...new Set([...invoiced.keys(), ...ours.keys()])];
  const lines = models
    .map((model) => ({ model, ...compare(ours.get(model), invoiced.get(model), tolerancePercent) }))
    .sort(byDifference);
  return { lines, total: compare(sumOf(ours), sumOf(invoiced), tolerancePercent) };
}

function compare(
  oursOrNone: NanoUsd | undefined,
  invoicedOrNone: NanoUsd | undefined,
  tolerancePercent: string,
): Comparison {
  const ours = oursOrNone ?? ZERO_USD;
  const invoiced = invoicedOrNone ?? ZERO_USD;
  const difference = nanoUsd(invoiced - ours);
  return { state: stateOf(), ours, invoiced, difference, differencePercent: percentOf(difference, ours) };

  function stateOf(): ReconciliationState {
    if (difference === 0n) return 'ok';
    if (oursOrNone === undefined) return 'missing_here';
    if (invoicedOrNone === undefined) return 'missing_there';
    if (isWithin(difference, ours, tolerancePercent)) return 'ok';
    return difference > 0n ? 'over' : 'under';
  }
}

function isWithin(difference: bigint, ours: bigint, tolerancePercent: string): boolean {
  return magnitude(difference) * 100n * PERCENT_SCALE <= scaledPercent(tolerancePercent) * magnitude(ours);
}

function scaledPercent(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(PERCENT_PLACES, '0'));
}

function percentOf(difference: bigint, ours: bigint): string | null {
  if (ours === 0n) return null;
  const hundredths = (magnitude(difference) * 20_000n + magnitude(ours)) / (2n * magnitude(ours));
  const sign = difference < 0n !== ours < 0n && hundredths > 0n ? '-' : '';
  const digits = hundredths.toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '');
}

function byDifference(a: ModelComparison, b: ModelComparison): number {
  const [left, right] = [magnitude(a.difference), magnitude(b.difference)];
  if (left !== right) return left > right ? -1 : 1;
  return a.model < b.model ? -1 : 1;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
const sumOf = (amounts: ReadonlyMap<string, NanoUsd>): NanoUsd =>
  nanoUsd([...amounts.values()].reduce((sum, amount) => sum + amount, 0n));
