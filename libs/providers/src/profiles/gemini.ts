import type { PathCall, PathOf, ProviderProfile } from '../profile.js';
import { modelsUnder } from '../read-models.js';

/** `models/gemini-…`, as Google's list names it, is the same model as `gemini-…`. */
const nameOf = ({ model }: PathCall): string => model.replace(/^models%2F/, '');

const action =
  (name: string): PathOf =>
  (call) =>
    `/models/${nameOf(call)}:${name}`;

const LIVE = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';

/** Google's Gemini API, the one with an API key (PR-004). */
export const gemini: ProviderProfile = {
  kind: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  keyVariable: 'GEMINI_API_KEY',
  auth: { scheme: 'header', name: 'x-goog-api-key' },
  protocols: ['gemini'],
  embeddings: 'gemini',
  streamUsage: 'always',
  basePath: ({ path, root }) => (path === root ? `${root}/v1beta` : path),
  paths: {
    generateContent: (call) =>
      `/models/${nameOf(call)}:${call.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    countTokens: action('countTokens'),
    embeddings: action('batchEmbedContents'),
  },
  models: {
    path: '/models?pageSize=1000',
    read: modelsUnder('models', ({ name }) => ({
      id: typeof name === 'string' ? name.replace(/^models\//, '') : name,
      ownedBy: 'google',
    })),
  },
  sockets: { live: { absolute: ({ address }) => `${address.root}${LIVE}` } },
};
