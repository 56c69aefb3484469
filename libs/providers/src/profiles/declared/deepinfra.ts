import { openAiCompatible } from '../openai-compatible.js';

export const deepinfra = openAiCompatible({
  kind: 'deepinfra',
  baseUrl: 'https://api.deepinfra.com/v1/openai',
  keyVariable: 'DEEPINFRA_API_KEY',
  endpoints: ['chat/completions', 'completions', 'embeddings', 'images/generations'],
});
