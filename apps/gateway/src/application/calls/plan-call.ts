import { openai } from '@ao/wire';
import type { ModelState } from '../model-state.js';
import type { InboundCall } from './call.js';
import { chooseRoute, type DirectOpenAi } from './choose-route.js';
import { priceCall, type CallPrice } from './price-call.js';
import { readRequest, type RequestFacts, type RequestLimits } from './read-request.js';
import type { Route } from './route.js';

/** All that is decided about a call before any money or network is touched. */
export interface CallPlan {
  request: RequestFacts;
  route: Route;
  price: CallPrice;
  promptTokensBound: number;
  /** What goes upstream: the caller's bytes, but for the fields that a deployment changes. */
  body: Buffer;
}

export interface PlanOptions {
  limits: RequestLimits;
  direct: DirectOpenAi;
}

/**
 * Reads the request, chooses its route and finds its price.
 * @throws AppError whatever is wrong with the request, the route or the price.
 */
export function planCall(call: InboundCall, state: ModelState, options: PlanOptions): CallPlan {
  const request = readRequest(call, options.limits);
  const route = chooseRoute(request.model, call.principal, call.ownKey, state.table, options.direct);
  const promptTokensBound = request.promptTokensBound(route.model);
  const size = {
    promptTokensBound,
    maxOutputTokens: request.maxOutputTokens,
    stream: request.stream,
    choices: request.choices,
    hasOutput: request.generates,
    predictedTokensBound: request.predictedTokensBound,
    unmeasuredInput: request.unmeasuredInput,
    mediaOutput: request.mediaOutput,
    serviceTiers: request.serviceTiers,
  };
  const charged = call.principal.walletId !== null && !route.ownKey;
  const price = priceCall(route, size, charged, state.prices, call.startedAtMs);
  // Direct OpenAI gets the caller's bytes as they are (GW-027).
  return {
    request,
    route,
    price,
    promptTokensBound,
    body: route.direct ? directBody(call, request) : request.encode(route.model),
  };
}

/** As the caller wrote it, but for the wish that is ours to fulfil and that OpenAI would refuse. */
const directBody = ({ body }: InboundCall, { includeCost }: RequestFacts): Buffer =>
  includeCost ? openai.withoutCostWish(body) : body;
