export * from './audit.js';
export * from './authorize.js';
export * from './key-hash.js';
export * from './paging.js';
export * from './run-service.js';
export * from './service.js';
