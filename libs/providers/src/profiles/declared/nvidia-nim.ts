import { openAiCompatible } from '../openai-compatible.js';

export const nvidiaNim = openAiCompatible({
  kind: 'nvidia_nim',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  keyVariable: 'NVIDIA_NIM_API_KEY',
  endpoints: ['chat/completions', 'completions', 'embeddings'],
});
