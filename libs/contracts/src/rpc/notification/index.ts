export * from './channels.v1.js';
