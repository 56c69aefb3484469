import type { RouterSettings } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { Alias, Deployment } from '../domain/deployment.js';
import type { Provider, Source } from '../domain/provider.js';

/** What the operator gives to everyone: the models of AO_CONFIG and the demo provider. Replaced whole, never edited. */
export interface Catalogue {
  readonly providers: readonly Provider[];
  readonly deployments: readonly Deployment[];
  readonly aliases: readonly Alias[];
  readonly settings: RouterSettings;
}

export const EMPTY_CATALOGUE: Catalogue = { providers: [], deployments: [], aliases: [], settings: {} };

export function joinCatalogues(...parts: Catalogue[]): Catalogue {
  return {
    providers: parts.flatMap(({ providers }) => providers),
    deployments: parts.flatMap(({ deployments }) => deployments),
    aliases: parts.flatMap(({ aliases }) => aliases),
    settings: Object.assign({}, ...parts.map(({ settings }) => settings)) as RouterSettings,
  };
}

/** The refusal to change over the API what does not come from there. */
export function readOnly(what: string, source: Exclude<Source, 'api'>): AppError {
  const where =
    source === 'demo' ? 'is the built-in demo: unset AO_DEMO_PROVIDER_URL' : 'comes from AO_CONFIG: edit it there';
  return new AppError('conflict', `${what} ${where}.`, { param: 'id' });
}
