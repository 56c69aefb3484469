export * from './tasks.v1.js';
