import { openAiCompatible } from '../openai-compatible.js';

export const nscale = openAiCompatible({
  kind: 'nscale',
  baseUrl: 'https://inference.api.nscale.com/v1',
  keyVariable: 'NSCALE_API_KEY',
  endpoints: ['chat/completions', 'images/generations'],
});
