import type { Deployment } from '@ao/contracts';
import { inputTokensOf, outputTokensOf } from '@ao/pricing';
import type { CircuitPolicy, Outcome, RoutingTable } from '@ao/router';
import type { Failure } from '../course/failure.js';
import type { RunningCall } from './running-call.js';

/** Settings of nobody in particular: the platform's. */
const PLATFORM = '';

/** How the circuit of a deployment works: by the word of whose it is, since what opens it shuts out everybody. */
export function platformCircuit(table: RoutingTable, { orgId }: Deployment): CircuitPolicy {
  const { allowedFails, cooldownMs, cooldowns } = table.settingsOf(orgId ?? PLATFORM);
  return { allowedFails, cooldownMs, enabled: cooldowns };
}

/**
 * What an attempt says of its deployment. A request that was at fault itself, and an organisation that has less patience than
 * the platform, say nothing: nobody can shut a deployment to others.
 * @param failure Null: it went well.
 */
export function outcomeOf(running: RunningCall, failure: Failure | null, table: RoutingTable, nowMs: number): Outcome {
  if (failure === null) return succeeded(running, nowMs);
  switch (failure.kind) {
    case 'ours':
    case 'closed':
    case 'full':
    case 'bad_request':
    case 'context_window':
    case 'content_policy':
      return { kind: 'unknown' };
    case 'timeout':
      return isImpatient(running, table) ? { kind: 'unknown' } : failed(running, failure, false, table);
    case 'rate_limit':
    case 'quota':
    case 'credentials':
    case 'not_found':
      return failed(running, failure, true, table);
    default:
      return failed(running, failure, false, table);
  }
}

/** @param atOnce Will not pass within seconds: others of the group serve meanwhile, if there are any. */
function failed({ plan }: RunningCall, { retryAfterMs }: Failure, atOnce: boolean, table: RoutingTable): Outcome {
  const { course, route } = plan;
  if (!course?.hasOthers) return { kind: 'failed', pauseMs: null, isAlone: true };
  const { cooldownMs } = platformCircuit(table, route.deployment!);
  return { kind: 'failed', pauseMs: retryAfterMs ?? (atOnce ? cooldownMs : null), isAlone: false };
}

function succeeded({ call, record, sentMs, plan }: RunningCall, nowMs: number): Outcome {
  const { firstTokenMs, usage } = record;
  const firstMs = plan.request.stream && firstTokenMs !== null ? call.startedMonotonicMs + firstTokenMs : nowMs;
  return {
    kind: 'succeeded',
    // The first token of an answer that was continued came from elsewhere.
    latencyMs: (firstMs < sentMs ? nowMs : firstMs) - sentMs,
    tokens: inputTokensOf(usage) + outputTokensOf(usage),
  };
}

/** Whether the caller, or its organisation, waited less long for a shared deployment than the platform would have. */
function isImpatient({ call, plan }: RunningCall, table: RoutingTable): boolean {
  const { route, request } = plan;
  if (request.wishes.timeoutMs !== undefined || request.wishes.streamTimeoutMs !== undefined) return true;
  if (route.deployment === null || route.deployment.orgId !== null || route.modelGroup === null) return false;
  const own = table.policyOf(call.principal.orgId, route.modelGroup);
  const common = table.policyOf(PLATFORM, route.modelGroup);
  return (
    own.timeoutMs !== common.timeoutMs || own.firstTokenMs !== common.firstTokenMs || own.stallMs !== common.stallMs
  );
}
