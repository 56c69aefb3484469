import { openAiCompatible } from '../openai-compatible.js';

/** Alibaba Model Studio, outside of China. */
export const dashscope = openAiCompatible({
  kind: 'dashscope',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  keyVariable: 'DASHSCOPE_API_KEY',
  endpoints: ['chat/completions', 'embeddings'],
});
