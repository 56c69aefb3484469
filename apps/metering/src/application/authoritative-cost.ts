import type { CostBasis, UsageAttempt, UsageReport } from '@ao/contracts';
import { ZERO_USD, nanoUsd, type NanoUsd } from '@ao/kernel';
import { cost, isConsumed } from '@ao/pricing';
import { rowIdOf, type Price } from '../domain/price.js';

type Consumption = Pick<UsageReport, 'usage' | 'usageSource' | 'ownKey' | 'priceId' | 'cost'> &
  Pick<UsageAttempt, 'serviceTier'>;
/** The call itself, or one of its attempts. */
export type PricedUse = UsageReport | UsageAttempt;
export type CallCost = Pick<UsageReport, 'priceId' | 'cost' | 'attempts'> & { costBasis: CostBasis };

/**
 * What a call costs, and what that rests on. The gateway's figure counts only when it names a price that is unknown
 * here (a restored backup, say): it was computed from a published row, and 0 would be a gift.
 * @param price the row that the report names, if it is known.
 */
export function authoritativeCost(
  report: Consumption,
  price: Price | undefined,
): { cost: NanoUsd; costBasis: CostBasis } {
  if (report.ownKey) return { cost: ZERO_USD, costBasis: 'own_key' };
  if (report.usageSource === 'none') return { cost: ZERO_USD, costBasis: 'none' };
  if (price) return { cost: cost(report.usage, price, report.serviceTier), costBasis: 'price' };
  if (report.priceId !== null) return { cost: report.cost, costBasis: 'reported' };
  return { cost: ZERO_USD, costBasis: isConsumed(report.usage) ? 'unpriced' : 'none' };
}

/**
 * The same of a call that may have had several attempts: each by its own price row and rounded by itself, for each is
 * billed by its provider; the call is their sum.
 * @param priceOf the row that a call or an attempt is priced by.
 */
export function costOfCall(report: UsageReport, priceOf: (use: PricedUse) => Price | undefined): CallCost {
  if (!report.attempts) return { ...costOfUse(report, report.ownKey, priceOf) };
  const rated = report.attempts.map((attempt) => ({ attempt, ...costOfUse(attempt, report.ownKey, priceOf) }));
  return {
    priceId: report.priceId === null ? null : rowIdOf(report.priceId),
    cost: nanoUsd(rated.reduce((sum, { cost: of }) => sum + of, 0n)),
    costBasis: weakestOf(rated.map(({ costBasis }) => costBasis)),
    attempts: rated.map(({ attempt, priceId, cost: of }) => ({ ...attempt, priceId, cost: of })),
  };
}

/** Whether a price decides what it costs. */
export const isPriced = (consumption: Pick<Consumption, 'usage' | 'usageSource'>): boolean =>
  consumption.usageSource !== 'none' && isConsumed(consumption.usage);

function costOfUse(
  use: PricedUse,
  ownKey: boolean,
  priceOf: (use: PricedUse) => Price | undefined,
): { priceId: string | null; cost: NanoUsd; costBasis: CostBasis } {
  const price = priceOf(use);
  const priceId = price?.id ?? (use.priceId === null ? null : rowIdOf(use.priceId));
  return { priceId, ...authoritativeCost({ ...use, ownKey }, price) };
}

/** Of a sum of figures, that which can be trusted least. */
const BASES: readonly CostBasis[] = ['unpriced', 'reported', 'price', 'own_key', 'none'];
const weakestOf = (bases: readonly CostBasis[]): CostBasis => BASES.find((basis) => bases.includes(basis)) ?? 'none';
