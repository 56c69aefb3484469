import { openAiCompatible } from '../openai-compatible.js';

/** Mistral (PR-008). Its streams end with usage unasked, and it refuses fields that it does not know. */
export const mistral = openAiCompatible({
  kind: 'mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  continuation: 'prefix_flag',
  keyVariable: 'MISTRAL_API_KEY',
  endpoints: ['chat/completions', 'embeddings', 'moderations', 'audio/transcriptions'],
  streamUsage: 'always',
});
