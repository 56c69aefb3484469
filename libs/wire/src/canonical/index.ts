export type * from './answer.js';
export type * from './request.js';
export * from './vendor-tools.js';
