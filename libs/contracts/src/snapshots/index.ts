export * from './budgets.js';
export * from './limits.js';
export * from './prices.js';
export * from './routing-table.js';
