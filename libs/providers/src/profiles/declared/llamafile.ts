import { openAiCompatible } from '../openai-compatible.js';

/** A llamafile on this machine. */
export const llamafile = openAiCompatible({
  kind: 'llamafile',
  baseUrl: 'http://127.0.0.1:8080/v1',
  keyVariable: 'LLAMAFILE_API_KEY',
  endpoints: ['chat/completions', 'embeddings'],
});
