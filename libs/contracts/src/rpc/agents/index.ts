export * from './tasks.v1.js';
export * from './responses.v1.js';
