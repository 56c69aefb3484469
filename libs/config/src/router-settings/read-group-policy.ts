import { routingStrategy, type GroupPolicy, type RetryPolicy } from '@ao/contracts';
import { warnOfUnsupported } from '../unsupported.js';
import {
  groupFields,
  groupRetryFields,
  OTHER_STRATEGIES,
  retryPolicyFields,
  serviceLevelFields,
  type GroupFields,
  type RetryPolicyFields,
} from './settings-schema.js';
import { definedOf, millisecondsOf, PAUSE_MS_MAX, withinMax, type Warnings } from './values.js';

const RETRIES_MAX = 10;

/** What a section says of retries, limits and the choice within a group. */
export function readGroupPolicy(reading: Warnings, path: string, fields: GroupFields): GroupPolicy {
  const silenceMs = millisecondsOf(reading, `${path}.stream_timeout`, fields.stream_timeout);
  const retriesKey = fields.num_retries == null ? 'max_retries' : 'num_retries';
  return definedOf({
    strategy: readStrategy(reading, `${path}.routing_strategy`, fields.routing_strategy),
    retriesMax: retriesOf(reading, `${path}.${retriesKey}`, fields[retriesKey]),
    retryPolicy: fields.retry_policy && readRetryPolicy(reading, `${path}.retry_policy`, fields.retry_policy),
    retryAfterMinMs: millisecondsOf(reading, `${path}.retry_after`, fields.retry_after, PAUSE_MS_MAX),
    timeoutMs: millisecondsOf(reading, `${path}.timeout`, fields.timeout),
    // LiteLLM's `stream_timeout` is the longest silence of a stream, its beginning included.
    firstTokenMs: millisecondsOf(reading, `${path}.first_token_timeout`, fields.first_token_timeout) ?? silenceMs,
    stallMs: millisecondsOf(reading, `${path}.stall_timeout`, fields.stall_timeout) ?? silenceMs,
    recoverStreams: fields.recover_streams,
    serviceLevel: fields.service_level && readServiceLevel(reading, `${path}.service_level`, fields.service_level),
    promptCacheAffinity: readChecks(reading, `${path}.optional_pre_call_checks`, fields.optional_pre_call_checks),
  });
}

/** A group's own part of `groups`. */
export function readOwnGroup(reading: Warnings, path: string, fields: GroupFields): GroupPolicy {
  warnOfUnsupported(reading, { path, keys: Object.keys(fields), supported: KEYS.group });
  return readGroupPolicy(reading, path, fields);
}

/** A group's part of `model_group_retry_policy`. */
export function readGroupRetries(
  reading: Warnings,
  path: string,
  { num_retries, timeout, retry_after, ...byError }: GroupFields & RetryPolicyFields,
): GroupPolicy {
  warnOfUnsupported(reading, { path, keys: Object.keys(byError), supported: KEYS.groupRetries });
  const retryPolicy = retriesByError(reading, path, byError);
  return {
    ...readGroupPolicy(reading, path, { num_retries, timeout, retry_after }),
    ...(Object.keys(retryPolicy).length > 0 && { retryPolicy }),
  };
}

function readRetryPolicy(reading: Warnings, path: string, fields: RetryPolicyFields): RetryPolicy {
  warnOfUnsupported(reading, { path, keys: Object.keys(fields), supported: KEYS.retryPolicy });
  return retriesByError(reading, path, fields);
}

function retriesByError(reading: Warnings, path: string, fields: RetryPolicyFields): RetryPolicy {
  const of = (key: keyof typeof retryPolicyFields.shape): number | undefined =>
    retriesOf(reading, `${path}.${key}`, fields[key]);
  return definedOf({
    badRequest: of('BadRequestErrorRetries'),
    authentication: of('AuthenticationErrorRetries'),
    timeout: of('TimeoutErrorRetries'),
    rateLimit: of('RateLimitErrorRetries'),
    contentPolicy: of('ContentPolicyViolationErrorRetries'),
    serverError: of('InternalServerErrorRetries'),
  });
}

function readServiceLevel(
  reading: Warnings,
  path: string,
  fields: NonNullable<GroupFields['service_level']>,
): NonNullable<GroupPolicy['serviceLevel']> {
  warnOfUnsupported(reading, { path, keys: Object.keys(fields), supported: KEYS.serviceLevel });
  return definedOf({ latencyMsP95Max: fields.latency_ms_p95_max, errorRateMax: fields.error_rate_max });
}

/** Of LiteLLM's checks there is the one that keeps a conversation where its prompt is cached. */
function readChecks(reading: Warnings, path: string, checks: string[] | null | undefined): boolean | undefined {
  if (!checks) return undefined;
  for (const check of checks) {
    if (check !== PROMPT_CACHING) reading.warnings.push(`${path}: ${check} is not supported and ignored`);
  }
  return checks.includes(PROMPT_CACHING);
}

function readStrategy(reading: Warnings, path: string, written: string | null | undefined): GroupPolicy['strategy'] {
  if (written == null) return undefined;
  const strategy = Object.hasOwn(OTHER_STRATEGIES, written)
    ? OTHER_STRATEGIES[written]
    : routingStrategy.parse(written);
  if (strategy === null)
    reading.warnings.push(`${path}: ${written} is not supported and ignored; use wallets and budgets`);
  return strategy ?? undefined;
}

const retriesOf = (reading: Warnings, path: string, written: number | null | undefined): number | undefined =>
  withinMax(reading, path, written, RETRIES_MAX);

const PROMPT_CACHING = 'prompt_caching';

const KEYS = {
  group: new Set(Object.keys(groupFields.shape)),
  groupRetries: new Set(Object.keys(groupRetryFields.shape)),
  retryPolicy: new Set(Object.keys(retryPolicyFields.shape)),
  serviceLevel: new Set(Object.keys(serviceLevelFields.shape)),
};
