import type { RequestFacts, RequestLimits } from '@ao/wire';
import { parseChatRequest, parseEmbeddingsRequest, replaceFields, type NewFieldValue } from '@ao/wire';
import { boundPromptTokens } from '@ao/tokens';
import type { ModelState } from '../model-state.js';
import type { InboundCall } from './call.js';
import { chooseRoute, type DirectOpenAi } from './choose-route.js';
import { priceCall, type CallPrice } from './price-call.js';
import type { Route } from './route.js';

/** All that is decided about a call before any money or network is touched. */
export interface CallPlan {
  request: RequestFacts;
  route: Route;
  price: CallPrice;
  promptTokensBound: number;
  /** What goes upstream: the caller's bytes, but for the fields that the route changes. */
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
  const isChat = call.endpoint === '/v1/chat/completions';
  const request = (isChat ? parseChatRequest : parseEmbeddingsRequest)(call.body, options.limits);
  const route = chooseRoute(request.model, call.principal, call.ownKey, state.table, options.direct);
  const promptTokensBound = boundPromptTokens(call.body.length, { model: route.model });
  const size = { promptTokensBound, maxOutputTokens: request.maxOutputTokens, choices: request.choices, hasOutput: isChat };
  const charged = call.principal.walletId !== null && !route.ownKey;
  const price = priceCall(route, size, charged, state.prices, call.startedAtMs);
  return { request, route, price, promptTokensBound, body: encodeBody(call.body, request, route) };
}

/** Direct OpenAI gets the caller's bytes as they are; a deployment its own model name and a request for usage. */
function encodeBody(body: Buffer, request: RequestFacts, route: Route): Buffer {
  if (route.direct) return body;
  const changes: Record<string, NewFieldValue | undefined> = {};
  if (request.model !== route.model) changes['model'] = route.model;
  if (request.stream && !request.includeUsage) changes['stream_options'] = { include_usage: true };
  return replaceFields(body, request.located, changes);
}
