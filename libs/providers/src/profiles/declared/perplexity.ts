import { openAiCompatible } from '../openai-compatible.js';

/** Perplexity: every chunk reports usage, and there is no list of models. */
export const perplexity = openAiCompatible({
  kind: 'perplexity',
  baseUrl: 'https://api.perplexity.ai',
  keyVariable: 'PERPLEXITYAI_API_KEY',
  endpoints: ['chat/completions'],
  streamUsage: 'always',
  models: null,
});
