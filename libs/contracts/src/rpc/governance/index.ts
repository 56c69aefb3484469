export * from './audit.v1.js';
