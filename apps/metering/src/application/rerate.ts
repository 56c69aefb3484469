import type { RequestLogRow } from '@ao/contracts';
import type { Price } from '../domain/price.js';
import { rowIdOf } from '../domain/price.js';
import type { PriceHistory } from '../domain/price-history.js';
import { refusalOf } from '../domain/storable.js';
import { costOfCall, isPriced, type PricedUse } from './authoritative-cost.js';

export type RerateOutcome =
  | { kind: 'same' }
  /** No price is in force for some of it, or one that no call can cost: better the old figure than none. */
  | { kind: 'unpriced' }
  | { kind: 'changed'; call: RequestLogRow };

/** What a call costs by the prices in force for its time. Rating the outcome again changes nothing. */
export function rerate(call: RequestLogRow, prices: PriceHistory): RerateOutcome {
  const uses: PricedUse[] = call.attempts ?? [call];
  const priced = call.ownKey ? [] : uses.filter(isPriced);
  if (priced.length === 0) return { kind: 'same' };
  const priceOf = (use: PricedUse): Price | undefined => priceInForce(use, call, prices);
  if (priced.some((use) => !priceOf(use))) return { kind: 'unpriced' };
  const cost = costOfCall(call, priceOf);
  if (cost.cost === call.cost) return { kind: 'same' };
  const rated = { ...call, ...cost, originalCost: call.originalCost ?? call.cost };
  return refusalOf(rated) ? { kind: 'unpriced' } : { kind: 'changed', call: rated };
}

/**
 * As the gateway looks a price up: by vendor and model, then by the name that callers use for the model. Reports of older
 * gateways name no vendor; then the row that was charged knows it, if it was a vendor's own.
 */
function priceInForce(use: PricedUse, call: RequestLogRow, prices: PriceHistory): Price | undefined {
  const charged = use.priceId === null ? undefined : prices.find(rowIdOf(use.priceId));
  const provider = use.vendor ?? charged?.provider ?? use.provider;
  const own = prices.priceAt({ model: use.model, provider }, use.startedAtMs);
  if (own || call.modelGroup === null) return own;
  return prices.priceAt({ model: call.modelGroup, provider }, use.startedAtMs);
}
