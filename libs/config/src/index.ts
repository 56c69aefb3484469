export * from './key-file.js';
export * from './platform-settings.js';
export * from './secret-box.js';
export * from './settings.js';
