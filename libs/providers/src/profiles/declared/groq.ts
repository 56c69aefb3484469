import { openAiCompatible } from '../openai-compatible.js';

/** Groq (PR-010). */
export const groq = openAiCompatible({
  kind: 'groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariable: 'GROQ_API_KEY',
  endpoints: ['chat/completions', 'responses', 'audio/speech', 'audio/transcriptions', 'audio/translations'],
  protocols: ['openai-chat', 'openai-responses'],
  outputLimitField: 'max_completion_tokens',
});
