/** What a simulation composes a gateway from: all that lies between a caller's request and the bus. No Nest, no HTTP. */
export { encodeBegin, encodeEnd, encodeProgress, encodeReport } from '../adapters/spool/segment.js';
export { readLine } from '../adapters/spool/segment-reader.js';
export { noteOpenCall } from '../adapters/spool/spool-replay.js';
export { BudgetScopes } from '../application/budget-scopes.js';
export { Budget } from '../application/budget.js';
export { askOf, ruleFor } from '../application/cache/cache-ask.js';
export type { CacheFacts } from '../application/cache/cache-turn.js';
export { createResponseCache } from '../application/cache/create-response-cache.js';
export type { InboundCall, Responder } from '../application/calls/call.js';
export { Capacity } from '../application/calls/attempts/capacity.js';
export { Circuits } from '../application/circuits.js';
export { PerformCall } from '../application/calls/perform-call.js';
export { CapacityQueue } from '../application/limits/capacity-queue.js';
export { DeploymentLimits } from '../application/limits/deployment-limits.js';
export type { LimitedCall } from '../application/limits/call-limits.js';
export { LimitRules } from '../application/limits/limit-rules.js';
export { LimitStore } from '../application/limits/limit-store.js';
export { Limits } from '../application/limits/limits.js';
export { ModelState } from '../application/model-state.js';
export type {
  CallBegin,
  CallProgress,
  LeaseBroker,
  Upstream,
  UpstreamAnswer,
  UpstreamCall,
  UsageSpool,
} from '../application/ports.js';
export { RoutingTable, type Provider } from '@ao/router';
export { LeasePool } from '../domain/lease-pool.js';
