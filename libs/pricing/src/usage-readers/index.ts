export * from './service-tier.js';
export { usageFromAnthropic } from './usage-from-anthropic.js';
export { usageFromBedrock } from './usage-from-bedrock.js';
export { usageFromCohere } from './usage-from-cohere.js';
export { usageFromGemini } from './usage-from-gemini.js';
export { usageFromOllama } from './usage-from-ollama.js';
export { usageFromOpenAi } from './usage-from-openai.js';
