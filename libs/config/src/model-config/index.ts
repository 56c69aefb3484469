export { referencedVariable, referenceTo, type Environment } from './environment-reference.js';
export { readModelConfigFile } from './read-model-config-file.js';
export * from './model-config.js';
export { parseModelConfig } from './parse-model-config.js';
export * from './watch-model-config.js';
