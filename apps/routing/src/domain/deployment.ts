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
  /** Calls at once. */
  concurrencyMax: number | null;
  /** Milliseconds of one attempt; null: as its group and its provider say. */
  timeoutMs: number | null;
  /** Milliseconds until the first token of a stream. */
  firstTokenMs: number | null;
  /** Milliseconds between two pieces of a stream. */
  stallMs: number | null;
  /** Continues an answer that another one began; null: as its kind of provider does. */
  continuesAnswers: boolean | null;
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
    concurrencyMax: null,
    timeoutMs: null,
    firstTokenMs: null,
    stallMs: null,
    continuesAnswers: null,
    enabled: true,
    source,
  };
}
