import { openAiCompatible } from '../openai-compatible.js';

export const moonshot = openAiCompatible({
  kind: 'moonshot',
  baseUrl: 'https://api.moonshot.ai/v1',
  keyVariable: 'MOONSHOT_API_KEY',
  endpoints: ['chat/completions'],
});
