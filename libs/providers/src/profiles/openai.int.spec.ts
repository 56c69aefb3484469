import { describeConnector } from '../testing/connector.suite.js';

const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello! Grüße 😀' }] };

for (const kind of ['openai', 'vllm']) {
  describeConnector({
    kind,
    fixtures: new URL('./__fixtures__/openai/', import.meta.url),
    basePath: '/v1',
    model: 'gpt-4o',
    bodies: {
      chat,
      stream: { ...chat, stream: true, stream_options: { include_usage: true } },
      embeddings: { model: 'text-embedding-3-small', input: ['a', 'b'] },
    },
    endpoints: { chat: 'chat/completions', embeddings: 'embeddings' },
    paths: { chat: '/chat/completions', embeddings: '/embeddings', models: '/models' },
    keyHeader: { name: 'authorization', value: (key) => `Bearer ${key}` },
    modelIds: ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small', 'ft:gpt-4o-mini:acme::AbC123'],
  });
}
