export * from './bound.js';
export { preloadEncoders } from './encodings.js';
export { countTextExact, UNKNOWN_MODEL_TOKENS } from './exact.js';
export { imageTokensMax } from './images.js';
export { countMessagesExact, type CountableMessage } from './messages.js';
export { meterText, StreamCounter, strategyForModel, type MeterReading, type TokenStrategyName } from './meter.js';
export { bareModelName, encodingForModel, reasonsUnseen, type EncodingName } from './models.js';
export type { TextCounter } from './text-counter.js';
