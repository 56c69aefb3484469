export * from './read-router-settings.js';
export * from './write-router-settings.js';
