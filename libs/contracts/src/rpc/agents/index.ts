export * from './batches.v1.js';
export * from './files.v1.js';
export * from './tasks.v1.js';
export * from './responses.v1.js';
