import { openAiCompatible } from '../openai-compatible.js';

/** LM Studio on this machine. */
export const lmStudio = openAiCompatible({
  kind: 'lm_studio',
  baseUrl: 'http://localhost:1234/v1',
  keyVariable: 'LM_STUDIO_API_KEY',
  endpoints: ['chat/completions', 'completions', 'responses', 'embeddings'],
  protocols: ['openai-chat', 'openai-responses', 'openai-completions'],
});
