import { AppError, formatUsd } from '@ao/kernel';
import { modelNamed } from '@ao/router';
import { isVendorTool, type Exchange } from '@ao/wire';
import type { ModelState } from '../model-state.js';
import { attributionOf, type Attribution } from './attribution.js';
import type { InboundCall } from './call.js';
import { refuseOutOfRegion, routeNative, startCourse, type DirectOpenAi, type Start } from './choose-route.js';
import type { Course } from './course/course.js';
import { FREE, priceCall, type CallPrice, type CallSize } from './price-call.js';
import { protocolsOf, type ProviderProtocols } from './provider-protocols.js';
import { readRequest } from './requests/read-request.js';
import type { RequestFacts, RequestLimits } from './requests/request-facts.js';
import type { Route } from './route.js';
import { routeQuestion } from './route-question.js';

/** All that is decided about an attempt before any money or network is touched. */
export interface CallPlan {
  request: RequestFacts;
  attribution: Attribution;
  route: Route;
  /** Where the call may go on after a failure; null: nowhere. */
  course: Course | null;
  price: CallPrice;
  promptTokensBound: number;
  /** What goes upstream, and how its answer is read. */
  exchange: Exchange;
}

export interface PlanOptions {
  limits: RequestLimits;
  direct: DirectOpenAi;
  /** Parameters that a provider has no word for are left out; else such a request is refused. */
  dropParams: boolean;
  /** From 0 up to 1: spreads waits. */
  random: () => number;
}

/** What a deployment cannot be asked for; another one of the group may. */
const UNFIT_CODES: ReadonlySet<string> = new Set(['unsupported_parameter', 'price_missing']);

/**
 * Reads the request, chooses its route and finds its price.
 * @throws AppError whatever is wrong with the request, the route or the price.
 */
export function planCall(call: InboundCall, state: ModelState, options: PlanOptions): CallPlan {
  const request = readRequest(call, options.limits);
  const attribution = attributionOf(call, request);
  const start = startFor(call, request, attribution, state, options);
  const planned = { request, attribution, course: start.course };
  return fittingPlan(call, start.route, planned, state, options);
}

/**
 * The same call at another place, or at the next one that it can be put to.
 * @throws AppError `unsupported_parameter`, `price_missing` where no place is left.
 */
export function replan(
  call: InboundCall,
  { request, attribution, course }: CallPlan,
  route: Route,
  state: ModelState,
  options: PlanOptions,
): CallPlan {
  return fittingPlan(call, route, { request, attribution, course }, state, options);
}

type Planned = Pick<CallPlan, 'request' | 'attribution' | 'course'>;

function fittingPlan(
  call: InboundCall,
  route: Route,
  planned: Planned,
  state: ModelState,
  options: PlanOptions,
): CallPlan {
  let refusal: unknown = null;
  for (let at: Route | null = route; at !== null;) {
    try {
      return planAt(call, at, planned, state, options);
    } catch (error) {
      if (!(error instanceof AppError) || !UNFIT_CODES.has(error.code)) throw error;
      // What the first one lacks is what its caller wrote the request for.
      refusal ??= error;
      at = planned.course?.insteadOf(at) ?? null;
    }
  }
  throw refusal;
}

function planAt(
  call: InboundCall,
  route: Route,
  { request, attribution, course }: Planned,
  state: ModelState,
  options: PlanOptions,
): CallPlan {
  const protocols = protocolsOf(route.provider.kind, route.model);
  const size = sizeOf(request, route, protocols);
  const charged = call.principal.walletId !== null && !route.ownKey;
  const price = call.native?.free ? FREE : priceCall(route, size, charged, state.prices, call.startedAtMs);
  const spoken = request.exchange({
    protocols,
    model: route.model,
    maxOutputTokens: request.maxOutputTokens ?? price.maxOutputTokens,
    direct: route.direct,
    labels: { id: call.callId, model: request.model, nowS: Math.floor(call.startedAtMs / MS_PER_S) },
  });
  const exchange = call.native ? { ...spoken, body: call.body } : spoken;
  const refused = exchange.dropped.filter((name) => !isVendorTool(name));
  if (refused.length > 0 && !request.dropParams && !dropsParams(call, state, options)) throw notExpressible(refused);
  return { request, attribution, course, route, price, promptTokensBound: size.promptTokensBound, exchange };
}

/** For the whole gateway, or by the settings that hold for the organisation. */
const dropsParams = ({ principal }: InboundCall, { table }: ModelState, { dropParams }: PlanOptions): boolean =>
  dropParams || table.settingsOf(principal.orgId).dropParams;

function sizeOf(request: RequestFacts, { model }: Pick<Route, 'model'>, protocols: ProviderProtocols): CallSize {
  return {
    promptTokensBound: request.promptTokensBound(model),
    maxOutputTokens: request.maxOutputTokens,
    stream: request.stream,
    choices: request.choices,
    hasOutput: request.generates,
    predictedTokensBound: request.predictedTokensBound,
    unmeasuredInput: request.unmeasuredInput(protocols),
    mediaOutput: request.mediaOutput,
    unitsMax: request.unitsMax,
    serviceTiers: request.serviceTiers,
  };
}

const MS_PER_S = 1_000;

/** Only what came in OpenAI's protocol can go to OpenAI unchanged. */
function startFor(
  call: InboundCall,
  request: RequestFacts,
  attribution: Attribution,
  state: ModelState,
  { direct, random }: PlanOptions,
): Start {
  const { router } = state;
  if (call.native) {
    const { principal, country = null, native } = call;
    refuseOutOfRegion(router, { principal, country }, native.provider);
    return { route: routeNative(request.model, principal, native.provider), course: null };
  }
  const question = routeQuestion(call, request, attribution, () => estimatedCost(call, request, state));
  const start = startCourse(question, { ownKey: call.ownKey, router, direct, random, wishes: request.wishes });
  if (!start.route.direct || OPENAI_ENDPOINTS.has(call.endpoint)) return start;
  return { ...start, route: { ...start.route, direct: false } };
}

/** The most that the call can cost where its name leads first, in US dollars; null without a price. For rules, not for money. */
function estimatedCost(
  { principal, startedAtMs }: InboundCall,
  request: RequestFacts,
  state: ModelState,
): number | null {
  const modelGroup = state.table.resolve(request.model, principal.orgId);
  const [candidate] = state.table.candidates(modelGroup, principal.orgId);
  if (!candidate) return null;
  const { provider, deployment } = candidate;
  try {
    const model = modelNamed(deployment, modelGroup);
    const size = sizeOf(request, { model }, protocolsOf(provider.kind, model));
    const target = { provider, model, modelGroup: deployment.modelGroup };
    const { costMax, output } = priceCall(target, size, true, state.prices, startedAtMs);
    return Number(formatUsd(costMax(output.max)));
  } catch {
    return null;
  }
}

const OPENAI_ENDPOINTS: ReadonlySet<InboundCall['endpoint']> = new Set([
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/moderations',
  '/v1/images/generations',
  '/v1/images/edits',
  '/v1/images/variations',
  '/v1/audio/speech',
  '/v1/audio/transcriptions',
  '/v1/audio/translations',
  '/v1/responses',
]);

function notExpressible(params: readonly string[]): AppError {
  return new AppError(
    'unsupported_parameter',
    `The provider of this model cannot be told: ${params.join(', ')}. Leave it out, choose another model, or send ` +
      '"drop_params": true to have such parameters dropped.',
    { param: params[0]! },
  );
}
