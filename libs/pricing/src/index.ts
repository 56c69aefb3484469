export { bundledPrices, parseCatalogue } from './catalogue.js';
export { cost } from './cost.js';
export { explainCost, type CostLine } from './explain-cost.js';
export { picoFromDecimal } from './decimal.js';
export { estimateMax, maxOutputTokensOf, OUTPUT_TOKENS_MAX_UNKNOWN, type EstimateInput } from './estimate.js';
export {
  readLiteLlmPrice,
  unpricedLiteLlmFields,
  type LiteLlmModelInfo,
  type LiteLlmPrice,
  type PriceOrigin,
} from './litellm/read-price.js';
export { PriceBook, type PriceQuery } from './price-book.js';
export { RATE_NAMES, rateOf, tierOf, type PriceRow, type RateName } from './rates.js';
export * from './usage.js';
export * from './usage-readers/index.js';
