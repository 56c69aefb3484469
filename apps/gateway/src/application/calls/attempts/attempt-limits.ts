import type { Deployment } from '@ao/contracts';
import type { UpstreamTimeouts } from '@ao/providers';
import type { ResolvedPolicy } from '@ao/router';
import type { CallPlan } from '../plan-call.js';

/** How long one attempt may take. */
export interface AttemptLimits {
  /** Absent: the provider's own hold. */
  timeouts?: UpstreamTimeouts;
  /** Until the first token of a stream; null: no limit beside that of the first byte. */
  firstTokenMs: number | null;
}

/** What the caller asks for. */
export interface TimeWishes {
  timeoutMs?: number | undefined;
  streamTimeoutMs?: number | undefined;
}

/**
 * The limits of an attempt: the caller's wish, then those of its model group, of the deployment, of the router, of the provider; and never
 * beyond what is left of the call's own time. A wish for streams is about their first token, as in LiteLLM.
 * @param leftMs Of the call.
 */
export function limitsOf({ route, request, course }: CallPlan, wishes: TimeWishes, leftMs: number): AttemptLimits {
  const policy = course?.groupPolicy;
  const { deployment } = route;
  const own = route.provider.timeouts;
  const givenMs = wishes.timeoutMs ?? limitFor('timeoutMs', policy, deployment);
  const firstTokenMs = request.stream ? (wishes.streamTimeoutMs ?? limitFor('firstTokenMs', policy, deployment)) : null;
  const stallMs = request.stream ? limitFor('stallMs', policy, deployment) : null;
  const attemptMs = givenMs ?? own.totalMs;
  // What the gateway itself took of the call's time before must not make new limits for every call.
  const totalMs = leftMs >= attemptMs - UNNOTICED_MS ? attemptMs : Math.max(1, Math.ceil(leftMs));
  const timeouts = {
    connectMs: own.connectMs,
    firstByteMs: Math.min(firstTokenMs ?? givenMs ?? own.firstByteMs, totalMs),
    idleMs: Math.min(stallMs ?? own.idleMs, totalMs),
    totalMs,
  };
  return { firstTokenMs, ...(!areSame(timeouts, own) && { timeouts }) };
}

const UNNOTICED_MS = 1_000;

/** What is said of the group by its name, then of the deployment, then of all groups; null: nothing. */
function limitFor(
  name: 'timeoutMs' | 'firstTokenMs' | 'stallMs',
  policy: ResolvedPolicy | undefined,
  deployment: Deployment | null,
): number | null {
  return policy?.own[name] ?? deployment?.[name] ?? policy?.[name] ?? null;
}

/** The usual case: nothing but the provider's own holds, and nothing is made for the call. */
const areSame = (a: UpstreamTimeouts, b: UpstreamTimeouts): boolean =>
  a.firstByteMs === b.firstByteMs && a.idleMs === b.idleMs && a.totalMs === b.totalMs;
