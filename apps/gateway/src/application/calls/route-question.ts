import { createHash } from 'node:crypto';
import type { Principal } from '@ao/contracts';
import type { RouteQuestion } from '@ao/router';
import type { Attribution } from './attribution.js';
import type { InboundCall } from './call.js';
import type { RequestFacts } from './requests/request-facts.js';

/** Providers cache prompts of about a thousand tokens and more: a shorter one has nothing to come back for. */
const CONVERSATION_BYTES = 2_048;
/** Where prompts begin, in the protocols that have them. */
const PROMPT_FIELDS = ['"messages"', '"input"', '"contents"'];

/** What the choice of a deployment may depend on. @param estimatedCostUsd Null: not priced. */
export function routeQuestion(
  call: InboundCall,
  request: RequestFacts,
  { endUserId, tags }: Attribution,
  estimatedCostUsd: () => number | null,
): RouteQuestion {
  let conversation: string | null | undefined;
  return {
    ...plainQuestion(request.model, call.principal, call),
    endUserId,
    tags,
    featureId: call.featureId,
    stream: request.stream,
    region: call.region ?? request.region ?? null,
    country: call.country ?? null,
    promptTokensBound: () => request.promptTokensBound(request.model),
    estimatedCostUsd,
    conversationKey: () => (conversation ??= conversationKey(call, request.model)),
  };
}

/** The question of a call that nothing but its model and its caller is known of. */
export function plainQuestion(
  model: string,
  principal: Principal,
  { callId, endpoint, startedAtMs, startedMonotonicMs }: AskedCall,
): RouteQuestion {
  return {
    model,
    principal,
    endUserId: null,
    tags: [],
    featureId: null,
    endpoint,
    stream: false,
    region: null,
    country: null,
    requestId: callId,
    promptTokensBound: () => 0,
    estimatedCostUsd: () => null,
    conversationKey: () => null,
    nowMs: startedAtMs,
    monotonicMs: startedMonotonicMs,
  };
}

interface AskedCall {
  callId: string;
  endpoint: string;
  startedAtMs: number;
  startedMonotonicMs: number;
}

/** The same for all calls of a conversation, whose prompts begin alike; of one organisation and model only. */
function conversationKey({ principal, body }: InboundCall, model: string): string | null {
  const start = Math.max(...PROMPT_FIELDS.map((field) => body.indexOf(field)));
  if (start < 0 || body.length - start < CONVERSATION_BYTES) return null;
  const prefix = body.subarray(start, start + CONVERSATION_BYTES);
  return createHash('sha256').update(`${principal.orgId}\n${model}\n`).update(prefix).digest('base64url');
}
