import { openAiCompatible } from '../openai-compatible.js';

export const fireworksAi = openAiCompatible({
  kind: 'fireworks_ai',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  keyVariable: 'FIREWORKS_AI_API_KEY',
  endpoints: ['chat/completions', 'completions', 'responses', 'embeddings', 'rerank'],
  protocols: ['openai-chat', 'openai-responses', 'openai-completions'],
});
