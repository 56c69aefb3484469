import { AppError, ZERO_USD, type NanoUsd } from '@ao/kernel';
import { estimateMax, maxOutputTokensOf, type PriceBook, type PriceRow, type UsageBucket } from '@ao/pricing';
import type { Route } from './route.js';

/** What the size of a request says about its cost. */
export interface CallSize {
  /** Never below the number of prompt tokens. */
  promptTokensBound: number;
  maxOutputTokens: number | null;
  choices: number;
  /** Embeddings generate nothing. */
  hasOutput: boolean;
}

export interface CallPrice {
  /** Undefined only where nothing is charged. */
  row: PriceRow | undefined;
  /** The most the call can cost: what is reserved. */
  estimate: NanoUsd;
  maxOutputTokens: number;
}

/** What a text request without cache markers can fill: reserving at audio rates would refuse what could be paid. */
const TEXT_BUCKETS: UsageBucket[] = [
  'inputTokens',
  'cachedInputTokens',
  'imageInputTokens',
  'outputTokens',
  'reasoningTokens',
];

/**
 * Finds the price in force and the most that the call can cost by it.
 * @throws AppError `price_missing` when somebody must pay and there is no price: nothing bypasses a budget.
 */
export function priceCall(route: Route, size: CallSize, charged: boolean, prices: PriceBook, nowMs: number): CallPrice {
  const { name, vendor } = route.provider;
  const provider = vendor ?? name;
  // A deployment may rename the model; its group's name is the last resort.
  const row =
    prices.priceAt({ model: route.model, provider }, nowMs) ??
    (route.modelGroup === null ? undefined : prices.priceAt({ model: route.modelGroup, provider }, nowMs));
  if (!row) {
    if (!charged) return { row: undefined, estimate: ZERO_USD, maxOutputTokens: size.maxOutputTokens ?? 0 };
    throw new AppError(
      'price_missing',
      `There is no price for the model ${JSON.stringify(route.model)} of ${name}. Set one with POST /v1/prices, or mark it free there.`,
      { param: 'model' },
    );
  }
  const maxOutputTokens = size.hasOutput ? maxOutputTokensOf(size.maxOutputTokens, row) : 0;
  const input = {
    promptTokensBound: Math.min(size.promptTokensBound, row.contextTokensMax ?? Infinity),
    maxOutputTokens,
    choices: size.choices,
    buckets: TEXT_BUCKETS,
  };
  return { row, estimate: charged ? estimateMax(input, row) : ZERO_USD, maxOutputTokens };
}
