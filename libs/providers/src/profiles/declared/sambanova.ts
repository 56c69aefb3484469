import { openAiCompatible } from '../openai-compatible.js';

export const sambanova = openAiCompatible({
  kind: 'sambanova',
  baseUrl: 'https://api.sambanova.ai/v1',
  keyVariable: 'SAMBANOVA_API_KEY',
  endpoints: ['chat/completions', 'embeddings'],
});
