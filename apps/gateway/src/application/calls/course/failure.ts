import { AppError } from '@ao/kernel';
import { UpstreamFailure, type FailureKind as TransportFailure } from '@ao/providers';
import { UpstreamRefusal } from '../upstream-refusal.js';

/**
 * What a failed attempt means for the call, as far as the next step depends on it (docs/failures.md):
 * - `unreachable`, `timeout`, `rate_limit`, `server`, `broken_answer`: may pass; tried again, also there.
 * - `credentials`, `quota`, `not_found`: this deployment cannot; another one may.
 * - `context_window`, `content_policy`: no deployment of the group will; these have fallbacks of their own.
 * - `closed`: it was not asked at all, because its circuit is open or being probed; `full`: it is
 *   at its limits. No attempt, and no retry.
 * - `bad_request`: fails wherever it is sent. `ours`: nothing to do with a provider.
 */
export type FailureKind =
  | 'unreachable'
  | 'timeout'
  | 'rate_limit'
  | 'server'
  | 'broken_answer'
  | 'credentials'
  | 'quota'
  | 'not_found'
  | 'context_window'
  | 'content_policy'
  | 'closed'
  | 'full'
  | 'bad_request'
  | 'ours';

export interface Failure {
  kind: FailureKind;
  /** As it was thrown: what the caller is told when nothing else helps. */
  error: unknown;
  /** What the provider asked for by `Retry-After`; null: nothing. */
  retryAfterMs: number | null;
}

const BY_TRANSPORT: Readonly<Record<TransportFailure, FailureKind>> = {
  refused: 'unreachable',
  unresolved: 'unreachable',
  tls: 'unreachable',
  connect_timeout: 'unreachable',
  saturated: 'unreachable',
  forbidden: 'credentials',
  redirect: 'credentials',
  closed: 'unreachable',
  reset: 'server',
  first_byte_timeout: 'timeout',
  idle_timeout: 'timeout',
  total_timeout: 'timeout',
  protocol: 'broken_answer',
  too_large: 'bad_request',
};

const BY_REFUSAL: Readonly<Record<UpstreamRefusal['kind'], FailureKind>> = {
  context_length: 'context_window',
  content_policy: 'content_policy',
  rate_limit: 'rate_limit',
  quota: 'quota',
  credentials: 'credentials',
  model_not_found: 'not_found',
  invalid_request: 'bad_request',
  server: 'server',
};

/** Statuses that a request need not have deserved, though they are of the 4xx. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 409, 425]);

/** Tells what a failed attempt means. @param hasLeft The caller is gone: whatever was thrown, nothing is to be done. */
export function failureOf(error: unknown, hasLeft: boolean): Failure {
  if (hasLeft) return { kind: 'ours', error, retryAfterMs: null };
  if (error instanceof UpstreamRefusal) {
    const kind = PASSING_STATUSES.has(error.status) ? 'timeout' : BY_REFUSAL[error.kind];
    return { kind, error, retryAfterMs: error.retryAfterMs };
  }
  if (error instanceof UpstreamFailure) return { kind: BY_TRANSPORT[error.kind], error, retryAfterMs: null };
  // An answer that ended too early, or that is not in its protocol.
  if (error instanceof AppError && (error.code === 'stream_error' || error.code === 'upstream_error'))
    return { kind: 'broken_answer', error, retryAfterMs: null };
  return { kind: 'ours', error, retryAfterMs: null };
}

/** Whether the same deployment may do better when it is asked again. */
const PASSING: ReadonlySet<FailureKind> = new Set(['unreachable', 'timeout', 'rate_limit', 'server', 'broken_answer']);
export const mayPass = ({ kind }: Failure): boolean => PASSING.has(kind);

/** Whether another deployment may do what this one did not. */
const LOCAL: ReadonlySet<FailureKind> = new Set([...PASSING, 'credentials', 'quota', 'not_found', 'closed', 'full']);
export const isLocal = ({ kind }: Failure): boolean => LOCAL.has(kind);

/** Whether the deployment was not asked at all. */
export const wasNotAsked = ({ kind }: Failure): boolean => kind === 'closed' || kind === 'full';
