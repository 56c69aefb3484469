import { openAiCompatible } from '../openai-compatible.js';

export const xai = openAiCompatible({
  kind: 'xai',
  baseUrl: 'https://api.x.ai/v1',
  keyVariable: 'XAI_API_KEY',
  endpoints: ['chat/completions', 'completions', 'responses', 'images/generations'],
  protocols: ['openai-chat', 'openai-responses'],
});
