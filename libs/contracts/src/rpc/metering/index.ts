export * from './charges.v1.js';
export * from './prices.v1.js';
export * from './requests.v1.js';
