import type { Deployment, Principal, RoutingDecision } from '@ao/contracts';
import type { Candidate, Provider } from './table/candidate.js';

/** All that a choice may depend on. Figures that cost something to find are functions: asked only where a rule needs them. */
export interface RouteQuestion {
  /** As the caller wrote it. */
  model: string;
  principal: Pick<Principal, 'orgId' | 'teamId' | 'userId' | 'keyId' | 'models'>;
  endUserId: string | null;
  tags: readonly string[];
  featureId: string | null;
  endpoint: string;
  stream: boolean;
  /** Where the caller would like to be served, by the beginning of a region's name. */
  region: string | null;
  /** Where the call comes from (ISO 3166, two letters); null: not known. */
  country: string | null;
  /** What names the call for experiments by request. */
  requestId: string;
  /** Never below the tokens of the prompt. */
  promptTokensBound: () => number;
  /** US dollars; null: not priced. */
  estimatedCostUsd: () => number | null;
  /** Names the beginning of the conversation, which providers cache; null: it has none worth it. */
  conversationKey: () => string | null;
  /** Epoch. */
  nowMs: number;
  monotonicMs: number;
}

/** What the platform knows of a candidate beside its table. */
export interface CandidateFacts {
  /** Pico-dollars of a token in and a token out together; null: not priced. */
  price(candidate: { deployment: Deployment; provider: Provider }): bigint | null;
  /** Null: not known. */
  contextTokensMax(candidate: { deployment: Deployment; provider: Provider }): number | null;
}

/** Where the calls of a question go: found once, before any deployment is picked. */
export interface Resolution {
  modelGroup: string;
  decision: Pick<RoutingDecision, 'alias' | 'rule' | 'experiment'>;
  /** What a rule demands of deployments. */
  provider: string | null;
  weights: Readonly<Record<string, number>> | null;
}

/** The deployments of a group, and the one that is to be asked now. */
export interface Choice {
  strategy: string;
  /** Null: none is left; `retryAfterMs` tells when there may be one. */
  picked: Candidate | null;
  /** Until the first circuit lets a call through; 0 where circuits are not the reason. */
  retryAfterMs: number;
  /** All of the group, with the reason of each that was left out. */
  candidates: RoutingDecision['candidates'];
  /** How many deployments were in question, the picked one included. */
  usable: number;
}
