import { openAiCompatible } from '../openai-compatible.js';

/** Volcengine's Ark: models are endpoint ids, and are not listed. */
export const volcengine = openAiCompatible({
  kind: 'volcengine',
  baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
  keyVariable: 'VOLCENGINE_API_KEY',
  endpoints: ['chat/completions', 'embeddings'],
  models: null,
});
