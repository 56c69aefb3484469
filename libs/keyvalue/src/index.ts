export type { Counts } from './counts/counts.js';
export * from './key-value.js';
export { LIMITS_PER_CALL_MAX, type LimitDecision, type LimitRequest, type LimitState } from './limits/limit.js';
export * from './local-limits.js';
export * from './memory-key-value.js';
export * from './redis-key-value.js';
export type { Neighbour, StoredVector, VectorStore } from './vectors/vector-store.js';
