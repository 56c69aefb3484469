export { ConversationAffinity } from './affinity/conversation-affinity.js';
export type { FallbackKind } from './fallbacks.js';
export * from './policy.js';
export * from './question.js';
export * from './router.js';
export { COOLDOWN_MS_MAX, PROBE_MS_MAX, type CircuitPolicy, type CircuitState } from './state/circuit.js';
export * from './state/deployment-states.js';
export * from './table/candidate.js';
export * from './table/routing-table.js';
