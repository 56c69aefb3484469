import { openAiCompatible } from '../openai-compatible.js';

export const openrouter = openAiCompatible({
  kind: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  keyVariable: 'OPENROUTER_API_KEY',
  endpoints: ['chat/completions', 'completions', 'responses', 'embeddings'],
  protocols: ['openai-chat', 'openai-responses'],
});
