import { describeConnector, type ConnectorCase } from '../testing/connector.suite.js';

const messages = [{ role: 'user', content: 'Hello! Grüße 😀' }];
const fixtures = (name: string): URL => new URL(`./__fixtures__/${name}/`, import.meta.url);
const bearer: ConnectorCase['keyHeader'] = { name: 'authorization', value: (key) => `Bearer ${key}` };
const LIMITS = 'x-ao-upstream-ratelimit-remaining-requests';
const REQUEST_ID = 'x-ao-provider-request-id';

/** A provider that speaks OpenAI's protocol. */
function openAiLike(kind: string, model: string, change: Partial<ConnectorCase>): ConnectorCase {
  const chat = { model, messages };
  return {
    kind,
    model,
    fixtures: fixtures(kind),
    basePath: '/v1',
    bodies: { chat, stream: { ...chat, stream: true }, embeddings: { model: 'embed', input: ['a', 'b'] } },
    chatEndpoint: 'chat/completions',
    paths: { chat: '/chat/completions', embeddings: '/embeddings', models: '/models' },
    keyHeader: bearer,
    modelIds: [],
    answerHeaders: [],
    ...change,
  };
}

const contents = [{ role: 'user', parts: [{ text: 'Hello! Grüße 😀' }] }];
const google = { contents, generationConfig: { maxOutputTokens: 64 } };
const claude = { model: 'claude-sonnet-4-5-20250929', max_tokens: 64, messages };
const openaiModels = ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small', 'ft:gpt-4o-mini:acme::AbC123'];
const vertexBase = '/v1/projects/acme/locations/europe-west4';
const nova = 'eu.amazon.nova-lite-v1:0';
const novaPath = '/model/eu.amazon.nova-lite-v1%3A0';

const CASES: readonly ConnectorCase[] = [
  ...['openai', 'vllm'].map((kind) =>
    openAiLike(kind, 'gpt-4o', {
      fixtures: fixtures('openai'),
      modelIds: openaiModels,
      answerHeaders: [LIMITS, REQUEST_ID],
      retryAfter: '1',
    }),
  ),
  openAiLike('azure', 'gpt-4o-eu', {
    basePath: '/openai/v1',
    keyHeader: { name: 'api-key', value: (key) => key },
    modelIds: ['gpt-4o-2024-11-20', 'text-embedding-3-small-1'],
    answerHeaders: [LIMITS, REQUEST_ID],
    retryAfter: '1',
  }),
  openAiLike('mistral', 'mistral-large-latest', {
    modelIds: ['mistral-large-latest', 'mistral-embed'],
    answerHeaders: [REQUEST_ID, 'x-ao-upstream-ratelimit-remaining-req-minute'],
  }),
  openAiLike('groq', 'llama-3.3-70b-versatile', {
    basePath: '/openai/v1',
    paths: { chat: '/chat/completions', models: '/models' },
    modelIds: ['llama-3.3-70b-versatile', 'whisper-large-v3'],
    answerHeaders: [LIMITS, REQUEST_ID],
    retryAfter: '1',
  }),
  openAiLike('together_ai', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', {
    fixtures: fixtures('together'),
    modelIds: ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'intfloat/multilingual-e5-large-instruct'],
    answerHeaders: [REQUEST_ID, 'x-ao-upstream-ratelimit-remaining'],
    retryAfter: '1',
  }),
  openAiLike('ollama', 'llama3.2', {
    basePath: '',
    paths: { chat: '/v1/chat/completions', embeddings: '/api/embed', models: '/api/tags' },
    modelIds: ['llama3.2:latest', 'nomic-embed-text:latest'],
  }),
  {
    kind: 'anthropic',
    model: claude.model,
    fixtures: fixtures('anthropic'),
    basePath: '',
    bodies: { chat: claude, stream: { ...claude, stream: true } },
    chatEndpoint: 'messages',
    paths: { chat: '/v1/messages', models: '/v1/models?limit=1000' },
    keyHeader: { name: 'x-api-key', value: (key) => key },
    modelIds: ['claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001'],
    answerHeaders: [REQUEST_ID, 'x-ao-upstream-ratelimit-requests-remaining'],
    retryAfter: '1',
  },
  {
    kind: 'gemini',
    model: 'models/gemini-2.5-flash',
    fixtures: fixtures('gemini'),
    basePath: '/v1beta',
    bodies: { chat: google, stream: google, embeddings: { requests: [] } },
    chatEndpoint: 'generateContent',
    paths: {
      chat: '/models/gemini-2.5-flash:generateContent',
      stream: '/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
      embeddings: '/models/gemini-2.5-flash:batchEmbedContents',
      models: '/models?pageSize=1000',
    },
    keyHeader: { name: 'x-goog-api-key', value: (key) => key },
    modelIds: ['gemini-2.5-flash', 'gemini-embedding-001'],
    answerHeaders: [],
  },
  {
    kind: 'bedrock',
    model: nova,
    fixtures: fixtures('bedrock'),
    basePath: '',
    bodies: { chat: { messages: [] }, stream: { messages: [] }, embeddings: { inputText: 'a' } },
    chatEndpoint: 'converse',
    paths: {
      chat: `${novaPath}/converse`,
      stream: `${novaPath}/converse-stream`,
      embeddings: `${novaPath}/invoke`,
      models: '/foundation-models',
    },
    keyHeader: bearer,
    modelIds: ['amazon.nova-lite-v1:0', 'amazon.titan-embed-text-v2:0'],
    answerHeaders: [REQUEST_ID],
    refusal: 403,
  },
  {
    kind: 'cohere',
    model: 'command-a-03-2025',
    fixtures: fixtures('cohere'),
    basePath: '',
    bodies: { chat: { messages }, stream: { messages, stream: true }, embeddings: { texts: ['a', 'b'] } },
    chatEndpoint: 'chat',
    paths: { chat: '/v2/chat', embeddings: '/v2/embed', models: '/v1/models?page_size=1000' },
    keyHeader: bearer,
    modelIds: ['command-a-03-2025', 'embed-v4.0'],
    answerHeaders: [REQUEST_ID],
    retryAfter: '1',
  },
];

/** The catalogue's row of each kind. */
const ROWS: Readonly<Record<string, string>> = {
  openai: '[PR-002]',
  anthropic: '[PR-003]',
  gemini: '[PR-004]',
  azure: '[PR-005]',
  bedrock: '[PR-006]',
  cohere: '[PR-007]',
  mistral: '[PR-008]',
  together_ai: '[PR-009]',
  groq: '[PR-010]',
  ollama: '[PR-011]',
  vllm: '[PR-012]',
};

for (const given of CASES) {
  const row = ROWS[given.kind];
  describeConnector({ ...given, ...(row !== undefined && { row }) });
}

// The list of models of Vertex AI lies outside of the project that the base URL names.
describeConnector({
  kind: 'vertex_ai',
  model: 'gemini-2.5-flash',
  fixtures: fixtures('vertex'),
  basePath: vertexBase,
  bodies: { chat: google, stream: google },
  chatEndpoint: 'generateContent',
  paths: {
    chat: '/publishers/google/models/gemini-2.5-flash:generateContent',
    stream: '/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
    models: '/v1beta1/publishers/google/models?pageSize=1000',
  },
  modelsAtRoot: true,
  keyHeader: bearer,
  modelIds: ['gemini-2.5-flash', 'gemini-2.5-pro'],
  answerHeaders: [],
});
