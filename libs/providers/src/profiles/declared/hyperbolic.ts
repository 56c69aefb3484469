import { openAiCompatible } from '../openai-compatible.js';

export const hyperbolic = openAiCompatible({
  kind: 'hyperbolic',
  baseUrl: 'https://api.hyperbolic.xyz/v1',
  keyVariable: 'HYPERBOLIC_API_KEY',
  endpoints: ['chat/completions', 'completions'],
});
