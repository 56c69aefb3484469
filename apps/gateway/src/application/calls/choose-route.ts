import type { Principal } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { Provider, RouteQuestion, Router } from '@ao/router';
import { Course, type CourseWishes } from './course/course.js';
import type { Route } from './route.js';

/** Where direct OpenAI is and whether it is open. */
export interface DirectOpenAi {
  enabled: boolean;
  provider: Provider;
}

/** Where a call goes at first; a course where it may go on after a failure, null where it has one place to go only. */
export interface Start {
  route: Route;
  course: Course | null;
}

interface StartOptions {
  ownKey: string | undefined;
  router: Router;
  direct: DirectOpenAi;
  wishes?: CourseWishes;
  random?: () => number;
}

/**
 * Chooses where a call goes: a deployment of the model group behind the name, else direct OpenAI (GW-027..030).
 * @throws AppError `permission_denied`, `policy_denied`, `region_not_allowed`, `no_deployment_available`,
 * `passthrough_not_configured`, `passthrough_disabled`.
 */
export function startCourse(question: RouteQuestion, options: StartOptions): Start {
  const { router, direct, ownKey, wishes = {}, random = Math.random } = options;
  const { model, principal } = question;
  const named = router.table.resolve(model, principal.orgId);
  checkModels(principal, model, named, router.table.groupNameOf(named, principal.orgId));
  const resolution = router.resolve(question);
  for (const fallback of wishedGroups(wishes)) {
    checkModels(principal, fallback, router.table.groupNameOf(fallback, principal.orgId));
  }
  if (router.table.candidates(resolution.modelGroup, principal.orgId).length === 0) {
    refuseOutOfRegion(router, question, direct.provider);
    return { route: routeDirect(resolution.modelGroup, ownKey, direct), course: null };
  }
  const course = new Course(question, resolution, router, wishes, random);
  return { route: course.first, course };
}

/** A provider that the caller addresses itself, with the provider's own name for the model. @throws AppError `permission_denied`. */
export function routeNative(model: string, principal: Principal, provider: Provider): Route {
  checkModels(principal, model);
  return {
    provider,
    model,
    deploymentId: null,
    deployment: null,
    modelGroup: null,
    direct: true,
    ownKey: false,
    decision: { strategy: 'native', candidates: [] },
  };
}

/**
 * What is no deployment is in no region, unless its provider is: a lock closes direct OpenAI and native routes as well.
 * @throws AppError `region_not_allowed`.
 */
export function refuseOutOfRegion(
  router: Router,
  caller: Pick<RouteQuestion, 'principal' | 'country'>,
  { name, region }: Provider,
): void {
  if (router.mayServeIn(region, caller)) return;
  throw new AppError(
    'region_not_allowed',
    `The organisation is locked to regions, and ${name} is in none of them. Choose a model with a deployment there.`,
  );
}

/** What a caller names itself must be its to call; where an administrator sends it is not its choice. */
const wishedGroups = ({ fallbacks, contextWindowFallbacks, contentPolicyFallbacks }: CourseWishes): string[] => [
  ...(fallbacks ?? []),
  ...(contextWindowFallbacks ?? []),
  ...(contentPolicyFallbacks ?? []),
];

/** @param groups Further names of the same. */
function checkModels({ models }: Pick<Principal, 'models'>, model: string, ...groups: string[]): void {
  if (models === null || [model, ...groups].some((name) => models.includes(name))) return;
  throw new AppError('permission_denied', `This key may not call the model ${JSON.stringify(model.slice(0, 80))}.`, {
    param: 'model',
  });
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
    deployment: null,
    modelGroup: null,
    direct: true,
    ownKey: ownKey !== undefined,
    decision: { strategy: 'direct-openai', candidates: [] },
  };
}
