import { AppError } from '@ao/kernel';
import { isVendorTool, type Exchange } from '@ao/wire';
import type { ModelState } from '../model-state.js';
import { attributionOf, type Attribution } from './attribution.js';
import type { InboundCall } from './call.js';
import { chooseRoute, routeNative, type DirectOpenAi } from './choose-route.js';
import { FREE, priceCall, type CallPrice } from './price-call.js';
import { protocolsOf } from './provider-protocols.js';
import { readRequest } from './requests/read-request.js';
import type { RequestFacts, RequestLimits } from './requests/request-facts.js';
import type { Route } from './route.js';

/** All that is decided about a call before any money or network is touched. */
export interface CallPlan {
  request: RequestFacts;
  attribution: Attribution;
  route: Route;
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
}

/**
 * Reads the request, chooses its route and finds its price.
 * @throws AppError whatever is wrong with the request, the route or the price.
 */
export function planCall(call: InboundCall, state: ModelState, options: PlanOptions): CallPlan {
  const request = readRequest(call, options.limits);
  const attribution = attributionOf(call, request);
  const route = chooseFor(call, request, state, options);
  const protocols = protocolsOf(route.provider.kind, route.model);
  const promptTokensBound = request.promptTokensBound(route.model);
  const size = {
    promptTokensBound,
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
  if (refused.length > 0 && !options.dropParams && !request.dropParams) throw notExpressible(refused);
  return { request, attribution, route, price, promptTokensBound, exchange };
}

const MS_PER_S = 1_000;

/** Only what came in OpenAI's protocol can go to OpenAI unchanged. */
function chooseFor(call: InboundCall, { model }: RequestFacts, { table }: ModelState, { direct }: PlanOptions): Route {
  if (call.native) return routeNative(model, call.principal, call.native.provider);
  const route = chooseRoute(model, call.principal, call.ownKey, table, direct);
  return route.direct && !OPENAI_ENDPOINTS.has(call.endpoint) ? { ...route, direct: false } : route;
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
