export * from './cost.v1.js';
