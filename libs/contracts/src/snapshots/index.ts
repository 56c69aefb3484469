export * from './budgets.js';
export * from './experiments.js';
export * from './limits.js';
export * from './prices.js';
export * from './router-settings.js';
export * from './routing-rules.js';
export * from './routing-table.js';
