export * from './key-file.js';
export * from './model-config/index.js';
export * from './platform-settings.js';
export * from './router-settings/index.js';
export * from './secret-box.js';
export * from './settings.js';
