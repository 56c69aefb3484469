export { bundledPrices, parseCatalogue } from './catalogue.js';
export { cost } from './cost.js';
export { picoFromDecimal } from './decimal.js';
export { estimateMax, maxOutputTokensOf, OUTPUT_TOKENS_MAX_UNKNOWN, type EstimateInput } from './estimate.js';
export { priceRowFromLiteLlm, unpricedLiteLlmFields, type LiteLlmModelInfo, type PriceOrigin } from './litellm.js';
export { PriceBook, type PriceQuery } from './price-book.js';
export { rateOf, type PriceRow } from './rates.js';
export { usageFromOpenAi } from './usage-from-openai.js';
export * from './usage.js';
