import { openAiCompatible } from './openai-compatible.js';

/** OpenAI itself (PR-002). */
export const openai = openAiCompatible({
  kind: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  keyVariable: 'OPENAI_API_KEY',
  protocols: ['openai-chat', 'openai-responses', 'openai-completions'],
  outputLimitField: 'max_completion_tokens',
  organisationHeader: 'openai-organization',
  passedOn: ['openai-beta', 'openai-project', 'idempotency-key'],
  sockets: { realtime: ({ model }) => `/realtime?model=${model}` },
});
