import type { Attribution } from '../calls/attribution.js';
import type { InboundCall } from '../calls/call.js';
import type { Route } from '../calls/route.js';
import type { LimitedCall } from './call-limits.js';

/** What is decided about a call by then. */
interface PlannedCall {
  route: Pick<Route, 'modelGroup'>;
  request: { model: string };
  attribution: Attribution;
  promptTokensBound: number;
}

/** A call as its limits see it. */
export function limitedCall(call: InboundCall, plan: PlannedCall): LimitedCall {
  return {
    principal: call.principal,
    callId: call.callId,
    model: plan.route.modelGroup ?? plan.request.model,
    tags: plan.attribution.tags,
    endUserId: plan.attribution.endUserId,
    sessionId: call.sessionId,
    clientAddress: call.clientAddress ?? null,
    tokensBound: plan.promptTokensBound,
    signal: call.signal,
    ...(call.onLimits && { onLimits: call.onLimits }),
  };
}
