import { openAiCompatible } from '../openai-compatible.js';

export const metaLlama = openAiCompatible({
  kind: 'meta_llama',
  baseUrl: 'https://api.llama.com/compat/v1',
  keyVariable: 'LLAMA_API_KEY',
  endpoints: ['chat/completions'],
});
