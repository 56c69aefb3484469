import type { Filter } from './filter.js';

/** Only deployments of the provider of this name or id. */
export const ofProvider =
  (nameOrId: string): Filter =>
  ({ provider }) =>
    provider.name === nameOrId || provider.id === nameOrId ? null : 'not of the provider that the rule names';

/** Only deployments that the rule gives a share. */
export const withShare =
  (weights: Readonly<Record<string, number>>): Filter =>
  ({ deployment }) =>
    (weights[deployment.id] ?? 0) > 0 ? null : 'without a share in the rule';
