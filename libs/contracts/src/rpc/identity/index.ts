export * from './authenticate-key.v1.js';
export * from './keys.v1.js';
export * from './limits.v1.js';
export * from './organisations.v1.js';
