export * from './leases.v1.js';
