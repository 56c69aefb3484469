import type { ProviderProfile } from '../profile.js';
import { modelsUnder } from '../read-models.js';

/** Cohere (PR-007), in version 2 of its API. */
export const cohere: ProviderProfile = {
  kind: 'cohere',
  aliases: ['cohere_chat'],
  vendor: 'cohere',
  baseUrl: 'https://api.cohere.com',
  keyVariable: 'COHERE_API_KEY',
  auth: { scheme: 'bearer' },
  protocols: ['cohere'],
  embeddings: 'cohere',
  streamUsage: 'always',
  basePath: ({ root }) => root,
  paths: { chat: '/v2/chat', embeddings: '/v2/embed', rerank: '/v2/rerank' },
  models: {
    path: '/v1/models?page_size=1000',
    read: modelsUnder('models', ({ name }) => ({ id: name, ownedBy: 'cohere' })),
  },
};
