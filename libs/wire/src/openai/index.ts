export * from './add-cost.js';
export * from './decode-embeddings-request.js';
export * from './decode-request.js';
export * from './decode-response.js';
export * from './decode-stream.js';
export * from './encode-request.js';
export * from './errors.js';
export type { MessagesLimits, MessagesSummary } from './read-messages.js';
export * from './usage.js';
