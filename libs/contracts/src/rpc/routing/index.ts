export * from './aliases.v1.js';
export * from './deployments.v1.js';
export * from './experiments.v1.js';
export * from './providers.v1.js';
export * from './router-settings.v1.js';
export * from './rules.v1.js';
