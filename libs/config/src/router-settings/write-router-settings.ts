import type { GroupPolicy, RetryPolicy, RouterSettings } from '@ao/contracts';
import { definedOf } from './values.js';

/** Settings in the shape that `readRouterSettings` reads. */
export type WrittenSettings = Record<string, unknown>;

const SETTINGS_BY_FIELD: Readonly<Record<string, readonly (keyof RouterSettings)[]>> = {
  routing_strategy: ['strategy'],
  num_retries: ['retriesMax'],
  max_retries: ['retriesMax'],
  retry_policy: ['retryPolicy'],
  retry_after: ['retryAfterMinMs'],
  timeout: ['timeoutMs'],
  stream_timeout: ['firstTokenMs', 'stallMs'],
  first_token_timeout: ['firstTokenMs'],
  stall_timeout: ['stallMs'],
  recover_streams: ['recoverStreams'],
  service_level: ['serviceLevel'],
  optional_pre_call_checks: ['promptCacheAffinity'],
  routing_strategy_args: ['latencyBuffer'],
  latency_buffer: ['latencyBuffer'],
  model_group_retry_policy: ['groups'],
  groups: ['groups'],
  total_timeout: ['totalTimeoutMs'],
  allowed_fails: ['allowedFails'],
  cooldown_time: ['cooldownMs'],
  disable_cooldowns: ['cooldowns'],
  fallbacks: ['fallbacks'],
  context_window_fallbacks: ['contextWindowFallbacks'],
  content_policy_fallbacks: ['contentPolicyFallbacks'],
  default_fallbacks: ['defaultFallbacks'],
  max_fallbacks: ['fallbacksMax'],
  enable_tag_filtering: ['tagFiltering'],
  tag_filtering_match_any: ['tagFiltering'],
  enable_pre_call_checks: ['preCallChecks'],
  drop_params: ['dropParams'],
  geo_rules: ['geoRules'],
  residency_regions: ['residencyRegions'],
};

/** Which settings a written field decides; none where there is no such field. */
export const settingsOfField = (field: string): readonly (keyof RouterSettings)[] =>
  Object.hasOwn(SETTINGS_BY_FIELD, field) ? SETTINGS_BY_FIELD[field]! : [];

/** The reverse of `readRouterSettings`: LiteLLM's words where it has them, times in seconds. */
export function writeRouterSettings(settings: RouterSettings): WrittenSettings {
  const { groups, tagFiltering, geoRules, residencyRegions } = settings;
  return {
    ...writePolicy(settings),
    ...definedOf({
      groups: groups && Object.fromEntries(Object.entries(groups).map(([name, own]) => [name, writePolicy(own)])),
      total_timeout: secondsOf(settings.totalTimeoutMs),
      allowed_fails: settings.allowedFails,
      cooldown_time: secondsOf(settings.cooldownMs),
      disable_cooldowns: settings.cooldowns === undefined ? undefined : !settings.cooldowns,
      fallbacks: settings.fallbacks,
      context_window_fallbacks: settings.contextWindowFallbacks,
      content_policy_fallbacks: settings.contentPolicyFallbacks,
      default_fallbacks: settings.defaultFallbacks,
      max_fallbacks: settings.fallbacksMax,
      enable_tag_filtering: tagFiltering === undefined ? undefined : tagFiltering !== 'off',
      tag_filtering_match_any:
        tagFiltering === undefined || tagFiltering === 'off' ? undefined : tagFiltering === 'any',
      enable_pre_call_checks: settings.preCallChecks,
      drop_params: settings.dropParams,
      latency_buffer: settings.latencyBuffer,
    }),
    ...(geoRules !== undefined && { geo_rules: geoRules }),
    ...(residencyRegions !== undefined && { residency_regions: residencyRegions }),
  };
}

function writePolicy(policy: GroupPolicy): WrittenSettings {
  const { serviceLevel, promptCacheAffinity } = policy;
  return definedOf({
    routing_strategy: policy.strategy,
    num_retries: policy.retriesMax,
    retry_policy: policy.retryPolicy && writeRetryPolicy(policy.retryPolicy),
    retry_after: secondsOf(policy.retryAfterMinMs),
    timeout: secondsOf(policy.timeoutMs),
    first_token_timeout: secondsOf(policy.firstTokenMs),
    stall_timeout: secondsOf(policy.stallMs),
    recover_streams: policy.recoverStreams,
    service_level:
      serviceLevel &&
      definedOf({ latency_ms_p95_max: serviceLevel.latencyMsP95Max, error_rate_max: serviceLevel.errorRateMax }),
    optional_pre_call_checks:
      promptCacheAffinity === undefined ? undefined : promptCacheAffinity ? ['prompt_caching'] : [],
  });
}

const writeRetryPolicy = (policy: RetryPolicy): WrittenSettings =>
  definedOf({
    BadRequestErrorRetries: policy.badRequest,
    AuthenticationErrorRetries: policy.authentication,
    TimeoutErrorRetries: policy.timeout,
    RateLimitErrorRetries: policy.rateLimit,
    ContentPolicyViolationErrorRetries: policy.contentPolicy,
    InternalServerErrorRetries: policy.serverError,
  });

const secondsOf = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000);
