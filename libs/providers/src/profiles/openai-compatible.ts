import type { Endpoint } from '../endpoints.js';
import type { PathOf, ProviderProfile } from '../profile.js';
import { openAiModels } from '../read-models.js';

/** OpenAI's endpoints whose path below the base URL is their name. */
const FAMILY = [
  'chat/completions',
  'completions',
  'responses',
  'embeddings',
  'moderations',
  'images/generations',
  'images/edits',
  'images/variations',
  'audio/speech',
  'audio/transcriptions',
  'audio/translations',
  'rerank',
] as const satisfies readonly Endpoint[];

/** Paths that are the names of the endpoints. */
function pathsOf(endpoints: readonly Endpoint[]): Partial<Record<Endpoint, PathOf>> {
  return Object.fromEntries(endpoints.map((endpoint) => [endpoint, `/${endpoint}`]));
}

/** What has to be said of a provider that speaks OpenAI's protocol; the rest is as most of them do it. */
export type OpenAiCompatible = Pick<ProviderProfile, 'kind' | 'baseUrl'> &
  Partial<ProviderProfile> & { readonly endpoints?: readonly Endpoint[] };

/** A provider with an API like OpenAI's: a key as bearer token, OpenAI's paths below the base URL, a list of models. */
export function openAiCompatible({ endpoints = FAMILY, ...given }: OpenAiCompatible): ProviderProfile {
  return {
    auth: { scheme: 'bearer' },
    protocols: ['openai-chat'],
    embeddings: endpoints.includes('embeddings') ? 'openai' : null,
    streamUsage: 'on_request',
    paths: pathsOf(endpoints),
    models: { path: '/models', read: openAiModels },
    passedOn: ['idempotency-key'],
    ...given,
  };
}
