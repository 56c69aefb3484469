import { openAiCompatible } from '../openai-compatible.js';

/** Z.ai, whose API lists no models. */
export const zai = openAiCompatible({
  kind: 'zai',
  baseUrl: 'https://api.z.ai/api/paas/v4',
  keyVariable: 'ZAI_API_KEY',
  endpoints: ['chat/completions'],
  models: null,
});
