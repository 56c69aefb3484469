import { openAiCompatible } from '../openai-compatible.js';

export const nebius = openAiCompatible({
  kind: 'nebius',
  baseUrl: 'https://api.studio.nebius.ai/v1',
  keyVariable: 'NEBIUS_API_KEY',
  endpoints: ['chat/completions', 'completions', 'embeddings'],
});
