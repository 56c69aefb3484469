export * from './read-router-settings.js';
