export * from './clock.js';
export * from './deadline.js';
export * from './digest.js';
export * from './errors.js';
export * from './ids.js';
export * from './logger.js';
export * from './money.js';
export * from './startup-error.js';
