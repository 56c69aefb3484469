import { openAiCompatible } from '../openai-compatible.js';

export const cerebras = openAiCompatible({
  kind: 'cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  keyVariable: 'CEREBRAS_API_KEY',
  endpoints: ['chat/completions', 'completions'],
  outputLimitField: 'max_completion_tokens',
});
