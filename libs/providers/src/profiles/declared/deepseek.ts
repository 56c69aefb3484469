import { openAiCompatible } from '../openai-compatible.js';

export const deepseek = openAiCompatible({
  kind: 'deepseek',
  baseUrl: 'https://api.deepseek.com/v1',
  keyVariable: 'DEEPSEEK_API_KEY',
  endpoints: ['chat/completions'],
});
