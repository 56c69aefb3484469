export * from './cache.v1.js';
export * from './leases.v1.js';
