import { openAiCompatible } from '../openai-compatible.js';

/** Together AI (PR-009). */
export const togetherAi = openAiCompatible({
  kind: 'together_ai',
  baseUrl: 'https://api.together.xyz/v1',
  keyVariable: 'TOGETHERAI_API_KEY',
  endpoints: [
    'chat/completions',
    'completions',
    'embeddings',
    'images/generations',
    'audio/speech',
    'audio/transcriptions',
    'rerank',
  ],
  protocols: ['openai-chat', 'openai-completions'],
});
