export * from './chargeback.v1.js';
export * from './credits.v1.js';
export * from './entries.v1.js';
export * from './leases.v1.js';
export * from './wallets.v1.js';
