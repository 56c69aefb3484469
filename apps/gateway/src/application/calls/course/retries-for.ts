import type { RetryPolicy } from '@ao/contracts';
import type { ResolvedPolicy } from '@ao/router';
import type { Failure, FailureKind } from './failure.js';

/** Under which name LiteLLM's `retry_policy` counts a failure. */
const CLASS_OF: Readonly<Record<FailureKind, keyof RetryPolicy | null>> = {
  unreachable: 'serverError',
  timeout: 'timeout',
  rate_limit: 'rateLimit',
  server: 'serverError',
  broken_answer: 'serverError',
  credentials: 'authentication',
  quota: 'rateLimit',
  not_found: 'badRequest',
  context_window: 'badRequest',
  content_policy: 'contentPolicy',
  closed: null,
  full: null,
  bad_request: 'badRequest',
  ours: null,
};

/** How many further attempts within its group a call has after such a failure. @param wished By the caller. */
export function retriesFor({ kind }: Failure, policy: ResolvedPolicy, wished: number | undefined): number {
  const name = CLASS_OF[kind];
  return wished ?? (name === null ? undefined : policy.retryPolicy[name]) ?? policy.retriesMax;
}
