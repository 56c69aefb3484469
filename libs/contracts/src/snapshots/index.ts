export * from './prices.js';
export * from './routing-table.js';
