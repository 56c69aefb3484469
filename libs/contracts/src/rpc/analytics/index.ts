export * from './cost.v1.js';
export * from './experiments.v1.js';
