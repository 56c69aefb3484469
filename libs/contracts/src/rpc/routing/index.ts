export * from './aliases.v1.js';
export * from './deployments.v1.js';
export * from './providers.v1.js';
