import type { ProviderProfile } from '../profile.js';
import { modelsUnder } from '../read-models.js';

/** Anthropic (PR-003). */
export const anthropic: ProviderProfile = {
  kind: 'anthropic',
  baseUrl: 'https://api.anthropic.com',
  keyVariable: 'ANTHROPIC_API_KEY',
  auth: { scheme: 'header', name: 'x-api-key' },
  protocols: ['anthropic'],
  embeddings: null,
  streamUsage: 'always',
  // Newer models refuse it, for nothing: then the stream ends with an error as it would have anyway.
  continuation: 'last_turn',
  basePath: ({ root }) => root,
  paths: { messages: '/v1/messages', 'messages/count_tokens': '/v1/messages/count_tokens' },
  models: { path: '/v1/models?limit=1000', read: modelsUnder('data', ({ id }) => ({ id, ownedBy: 'anthropic' })) },
  passedOn: ['anthropic-version', 'anthropic-beta'],
  defaultHeaders: { 'anthropic-version': '2023-06-01' },
};
