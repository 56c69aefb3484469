import { openAiCompatible } from '../openai-compatible.js';

/** Somebody's LiteLLM proxy. */
export const litellmProxy = openAiCompatible({
  kind: 'litellm_proxy',
  baseUrl: null,
  protocols: ['openai-chat', 'openai-responses', 'openai-completions'],
});
