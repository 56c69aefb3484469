import type { CostBasis, UsageReport } from '@ao/contracts';
import { ZERO_USD, type NanoUsd } from '@ao/kernel';
import { cost, isConsumed } from '@ao/pricing';
import type { Price } from '../domain/price.js';

type Consumption = Pick<UsageReport, 'usage' | 'serviceTier' | 'usageSource' | 'ownKey' | 'priceId' | 'cost'>;

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
