import { openAiCompatible } from './openai-compatible.js';

/** Any server that speaks OpenAI's protocol, vLLM for one; the key is optional (PR-012). */
export const vllm = openAiCompatible({
  kind: 'vllm',
  aliases: ['hosted_vllm', 'openai_like', 'custom_openai'],
  baseUrl: null,
  continuation: 'final_message_flag',
  protocols: ['openai-chat', 'openai-completions', 'openai-responses'],
});
