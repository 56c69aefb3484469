import type { Endpoint } from '../endpoints.js';
import type { PathCall, PathOf } from '../profile.js';
import { openAiModels } from '../read-models.js';
import type { Address } from '../transport/base-url.js';
import { openAiCompatible } from './openai-compatible.js';

/** The newest version that is generally available; Azure's later ones live below `/openai/v1`. */
const API_VERSION = '2024-10-21';
const REALTIME_API_VERSION = '2025-04-01-preview';
/** The responses of older resources exist in previews only. */
const RESPONSES_API_VERSION = '2025-04-01-preview';

const DEPLOYED = [
  'chat/completions',
  'completions',
  'embeddings',
  'images/generations',
  'images/edits',
  'audio/speech',
  'audio/transcriptions',
  'audio/translations',
] as const satisfies readonly Endpoint[];

/** Whether the base URL is that of the surface whose paths are OpenAI's own. */
const isV1 = ({ path }: Address): boolean => path.endsWith('/openai/v1');

const version = ({ apiVersion }: Address, unlessGiven = API_VERSION): string =>
  `api-version=${apiVersion ?? unlessGiven}`;

/** `/deployments/{deployment}/…?api-version=`: the model is the name of a deployment. */
function deployed(endpoint: Endpoint): PathOf {
  return ({ model, address }) =>
    isV1(address) ? `/v1/${endpoint}` : `/deployments/${model}/${endpoint}?${version(address)}`;
}

function responses({ address }: PathCall): string {
  return isV1(address) ? '/v1/responses' : `/responses?${version(address, RESPONSES_API_VERSION)}`;
}

function realtime({ model, address }: PathCall): string {
  if (isV1(address)) return `/v1/realtime?model=${model}`;
  return `/realtime?${version(address, REALTIME_API_VERSION)}&deployment=${model}`;
}

/** Azure OpenAI (PR-005): the base URL is that of the resource, with `?api-version=` or ending in `/openai/v1`. */
export const azure = openAiCompatible({
  kind: 'azure',
  baseUrl: null,
  auth: { scheme: 'key-or-token', name: 'api-key' },
  protocols: ['openai-chat', 'openai-responses', 'openai-completions'],
  embeddings: 'openai',
  outputLimitField: 'max_completion_tokens',
  basePath: ({ path }) => `${path.replace(/\/openai(?:\/v1)?$/, '')}/openai`,
  paths: { ...Object.fromEntries(DEPLOYED.map((endpoint) => [endpoint, deployed(endpoint)])), responses },
  models: {
    path: ({ address }) => (isV1(address) ? '/v1/models' : `/models?${version(address)}`),
    read: openAiModels,
  },
  nativePath: (path, { path: base }) => `${base.replace(/\/openai(?:\/v1)?$/, '')}/${path}`,
  nativeQuery: (query, path, address) =>
    path.startsWith('openai/v1/') || /(?:^|&)api-version=/i.test(query) ? query : joined(query, version(address)),
  sockets: { realtime },
  passedOn: ['idempotency-key'],
});

const joined = (query: string, added: string): string => (query === '' ? added : `${query}&${added}`);
