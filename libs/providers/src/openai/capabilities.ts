import type { Capabilities } from '../connector.js';

export const CAPABILITIES: Capabilities = {
  protocol: 'openai',
  // A closed list: the path of a request to a provider is never made from what a caller sent.
  endpoints: new Set([
    'chat/completions',
    'completions',
    'embeddings',
    'responses',
    'moderations',
    'images/generations',
    'audio/speech',
    'rerank',
  ]),
  streaming: true,
  streamUsage: true,
  embeddings: true,
};
