import { openAiCompatible } from '../openai-compatible.js';

export const novita = openAiCompatible({
  kind: 'novita',
  baseUrl: 'https://api.novita.ai/v3/openai',
  keyVariable: 'NOVITA_API_KEY',
  endpoints: ['chat/completions', 'completions', 'embeddings'],
});
