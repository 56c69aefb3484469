import type { ConversationProtocol } from '../endpoints.js';
import type { PathCall, ProviderProfile } from '../profile.js';
import { modelsUnder } from '../read-models.js';
import type { Address } from '../transport/base-url.js';

const LIVE = '/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent';
/** What Google's own clients put before a path: project and location are ours to say, not the caller's. */
const PROJECT_AND_LOCATION = /^(v1(?:beta1)?)\/projects\/[^/]+\/locations\/[^/]+\//;
const VERSION = /^(v1(?:beta1)?)\//;

const isClaude = (model: string): boolean => model.startsWith('claude-');

/** A fine-tuned model is a numbered endpoint. */
const google = (call: PathCall): string =>
  /^\d+$/.test(call.model) ? `/endpoints/${call.model}` : `/publishers/google/models/${call.model}`;

/** The path of the base URL, with a version before it when the operator left it out. */
function basePath({ path }: Address): string {
  return path.startsWith('/projects/') ? `/v1${path}` : path;
}

/** Below the project and location of the base URL, whichever a caller names. */
function nativePath(path: string, address: Address): string {
  const base = basePath(address);
  const version = VERSION.exec(path)?.[1];
  const below = path.replace(PROJECT_AND_LOCATION, '').replace(VERSION, '');
  return `${version === undefined ? base : base.replace(/^\/v1(?:beta1)?\//, `/${version}/`)}/${below}`;
}

/** Google Vertex AI (PR-004): the base URL holds project and location, the key is a service account's JSON. */
export const vertex: ProviderProfile = {
  kind: 'vertex_ai',
  aliases: ['vertex_ai_beta'],
  vendor: 'vertex_ai',
  baseUrl: null,
  auth: { scheme: 'google-service-account' },
  protocols: ['gemini', 'anthropic'],
  protocolsFor: (model): readonly ConversationProtocol[] => (isClaude(model) ? ['anthropic'] : ['gemini']),
  embeddings: null,
  streamUsage: 'always',
  basePath,
  paths: {
    generateContent: (call) => `${google(call)}:${call.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    countTokens: (call) => `${google(call)}:countTokens`,
    messages: ({ model, stream }) =>
      `/publishers/anthropic/models/${model}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
    'messages/count_tokens': '/publishers/anthropic/models/count-tokens:rawPredict',
  },
  models: {
    path: { absolute: '/v1beta1/publishers/google/models?pageSize=1000' },
    read: modelsUnder('publisherModels', ({ name }) => ({
      id: typeof name === 'string' ? name.replace(/^publishers\/google\/models\//, '') : name,
      ownedBy: 'google',
    })),
  },
  nativePath,
  sockets: { live: { absolute: LIVE } },
  passedOn: ['anthropic-beta'],
};
