export * from './leases.v1.js';
export * from './transfers.v1.js';
export * from './wallets.v1.js';
