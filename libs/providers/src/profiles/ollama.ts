import type { ProviderProfile } from '../profile.js';
import { modelsUnder } from '../read-models.js';

/** Ollama (PR-011): no key unless it stands behind something that asks for one. It speaks OpenAI's protocol too. */
export const ollama: ProviderProfile = {
  kind: 'ollama',
  aliases: ['ollama_chat'],
  vendor: 'ollama',
  baseUrl: 'http://localhost:11434',
  auth: { scheme: 'bearer' },
  protocols: ['openai-chat', 'ollama', 'openai-completions'],
  embeddings: 'ollama',
  streamUsage: 'on_request',
  continuation: 'last_turn',
  basePath: ({ root }) => root,
  paths: {
    'chat/completions': '/v1/chat/completions',
    completions: '/v1/completions',
    chat: '/api/chat',
    embeddings: '/api/embed',
  },
  models: { path: '/api/tags', read: modelsUnder('models', ({ name }) => ({ id: name, ownedBy: 'ollama' })) },
};
