import type { Provider, Source } from './provider.js';

/** One model of a provider that serves a model group. */
export interface Deployment {
  id: string;
  orgId: string | null;
  modelGroup: string;
  providerId: string;
  model: string;
  region: string | null;
  tags: string[];
  weight: number;
  /** Lower goes first. */
  priority: number;
  requestsPerMinuteMax: number | null;
  tokensPerMinuteMax: number | null;
  retriesMax: number | null;
  enabled: boolean;
  source: Source;
}

/** Another name for a model group. */
export interface Alias {
  /** Null: for every organisation; one's own of the same name comes first. */
  orgId: string | null;
  alias: string;
  modelGroup: string;
  hidden: boolean;
}

/** The deployment that stands for one entry of a provider's `models`: its group is named like the model. */
export function listedDeployment(
  provider: Pick<Provider, 'id' | 'orgId' | 'region' | 'tags' | 'source'>,
  id: string,
  model: string,
): Deployment {
  const { orgId, region, tags, source } = provider;
  return {
    id,
    orgId,
    modelGroup: model,
    providerId: provider.id,
    model,
    region,
    tags,
    weight: 1,
    priority: 0,
    requestsPerMinuteMax: null,
    tokensPerMinuteMax: null,
    retriesMax: null,
    enabled: true,
    source,
  };
}
