export * from './budget-scope.js';
export * from './define.js';
export * from './events/index.js';
export * from './fields.js';
export * from './principal.js';
export * from './rpc/index.js';
export * from './snapshots/index.js';
export * from './usage.js';
