export * from './key-value.js';
export { LIMITS_PER_CALL_MAX, type LimitDecision, type LimitRequest, type LimitState } from './limits/limit.js';
export * from './local-limits.js';
export * from './memory-key-value.js';
export * from './redis-key-value.js';
