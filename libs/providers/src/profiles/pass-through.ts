import type { ProviderProfile } from '../profile.js';

/** A target of the operator's own (GW-012), which answers whatever it likes: only `forward` leads there. */
export const passThrough: ProviderProfile = {
  kind: 'pass_through',
  baseUrl: null,
  auth: { scheme: 'headers' },
  protocols: [],
  embeddings: null,
  streamUsage: 'never',
  paths: {},
  models: null,
  nativePath: (path, { path: base }) => (path === '' ? base || '/' : `${base}/${path}`),
};
