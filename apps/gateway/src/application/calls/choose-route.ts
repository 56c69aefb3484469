import { randomInt } from 'node:crypto';
import type { Principal } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { Route } from './route.js';
import type { Candidate, Provider, RoutingTable } from '@ao/router';

/** Where direct OpenAI is and whether it is open. */
export interface DirectOpenAi {
  enabled: boolean;
  provider: Provider;
}

/**
 * Chooses where a call goes: a deployment of the model group behind the name, else direct OpenAI (GW-027..030).
 * @throws AppError `permission_denied`, `no_deployment_available`, `passthrough_not_configured`, `passthrough_disabled`.
 */
export function chooseRoute(
  model: string,
  principal: Principal,
  ownKey: string | undefined,
  table: RoutingTable,
  direct: DirectOpenAi,
): Route {
  const modelGroup = table.resolve(model, principal.orgId);
  checkModels(principal, model, modelGroup);
  const candidates = table.candidates(modelGroup, principal.orgId);
  return candidates.length > 0 ? routeToDeployment(modelGroup, candidates) : routeDirect(modelGroup, ownKey, direct);
}

/** A provider that the caller addresses itself, with the provider's own name for the model. @throws AppError `permission_denied`. */
export function routeNative(model: string, principal: Principal, provider: Provider): Route {
  checkModels(principal, model);
  return {
    provider,
    model,
    deploymentId: null,
    modelGroup: null,
    direct: true,
    ownKey: false,
    decision: { strategy: 'native', candidates: [] },
  };
}

function checkModels({ models }: Principal, model: string, modelGroup = model): void {
  if (models === null || models.includes(model) || models.includes(modelGroup)) return;
  throw new AppError('permission_denied', `This key may not call the model ${JSON.stringify(model.slice(0, 80))}.`, {
    param: 'model',
  });
}

function routeToDeployment(modelGroup: string, candidates: Candidate[]): Route {
  // Where none answers its checks, each is as good as the other: a call may still go through.
  const healthy = candidates.filter((candidate) => candidate.healthy);
  const usable = healthy.length > 0 ? healthy : candidates;
  const { deployment, provider } = pickWeighted(usable);
  return {
    provider,
    model: deployment.model,
    deploymentId: deployment.id,
    modelGroup,
    direct: false,
    ownKey: false,
    decision: {
      strategy: 'simple-shuffle',
      candidates: candidates.map((candidate) => ({
        deploymentId: candidate.deployment.id,
        dropped: usable.includes(candidate) ? null : 'unhealthy',
      })),
    },
  };
}

/** Lowest priority number first; among equals by weight. */
function pickWeighted(candidates: Candidate[]): Candidate {
  if (candidates.length === 1) return candidates[0]!;
  const first = Math.min(...candidates.map(({ deployment }) => deployment.priority));
  const eligible = candidates.filter(({ deployment }) => deployment.priority === first);
  const total = eligible.reduce((sum, { deployment }) => sum + deployment.weight, 0);
  let ticket = total > 0 ? randomInt(total) : 0;
  for (const candidate of eligible) {
    ticket -= candidate.deployment.weight;
    if (ticket < 0) return candidate;
  }
  return eligible[0]!;
}

function routeDirect(model: string, ownKey: string | undefined, direct: DirectOpenAi): Route {
  if (!direct.enabled) {
    throw new AppError(
      'passthrough_disabled',
      `No deployment serves ${JSON.stringify(model.slice(0, 80))}, and direct OpenAI is closed (OPENAI_PASSTHROUGH_ENABLED=false). ` +
        'See GET /v1/models for what is served.',
    );
  }
  if (ownKey === undefined && direct.provider.apiKey === null) {
    throw new AppError(
      'passthrough_not_configured',
      `No deployment serves ${JSON.stringify(model.slice(0, 80))}, and there is no OpenAI key to forward it with. Set OPENAI_API_KEY, ` +
        'add a deployment, or see GET /v1/models for what is served.',
    );
  }
  return {
    provider: direct.provider,
    model,
    deploymentId: null,
    modelGroup: null,
    direct: true,
    ownKey: ownKey !== undefined,
    decision: { strategy: 'direct-openai', candidates: [] },
  };
}
