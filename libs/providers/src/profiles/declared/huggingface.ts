import { openAiCompatible } from '../openai-compatible.js';

/** Hugging Face's router to inference providers. */
export const huggingface = openAiCompatible({
  kind: 'huggingface',
  baseUrl: 'https://router.huggingface.co/v1',
  keyVariable: 'HF_TOKEN',
  endpoints: ['chat/completions', 'responses'],
  protocols: ['openai-chat', 'openai-responses'],
});
