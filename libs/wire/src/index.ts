export * from './json-fields.js';
export * from './sse-scanner.js';
