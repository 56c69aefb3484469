export * from './policy.js';
export * from './question.js';
export * from './router.js';
export { COOLDOWN_MS_MAX, PROBE_MS_MAX, type CircuitPolicy, type CircuitState } from './state/circuit.js';
export * from './state/deployment-states.js';
export * from './table/routing-table.js';
