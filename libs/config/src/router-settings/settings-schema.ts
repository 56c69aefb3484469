import { routingStrategy, type RoutingStrategy } from '@ao/contracts';
import { z } from 'zod';

/*
 * The shape of `router_settings`, in LiteLLM's words where it has them. Objects are loose: what is not known becomes a
 * warning. Null counts as absent.
 */

const text = z.string('must be text; put a number or a word such as yes in quotes').min(1, 'must not be empty');
const modelName = text.max(256, 'must have at most 256 characters');
const regionPrefix = text.max(64, 'must have at most 64 characters');
const flag = z.boolean('must be true or false');
const count = z.int('must be a whole number').min(0, 'must not be negative');
const share = (max: number): z.ZodNumber => {
  const message = `must be a number from 0 to ${max}`;
  return z.number(message).min(0, message).max(max, message);
};
const seconds = z.number('must be a number of seconds').min(0.001, 'must be at least 0.001 seconds');
const pause = z.number('must be a number of seconds').min(0, 'must not be negative');
const section = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> =>
  z.looseObject(shape, 'must be a map of keys to values');
const GROUPS_MAX = 10_000;
const byGroup = <Value extends z.ZodType>(value: Value): z.ZodRecord<z.ZodString, Value> =>
  z
    .record(modelName, value, 'must be a map of models to values')
    .refine((groups) => Object.keys(groups).length <= GROUPS_MAX, `must name at most ${GROUPS_MAX} models`);

/** LiteLLM's other strategies: the older way to count usage, which it replaced; null: there is none like it. */
export const OTHER_STRATEGIES: Readonly<Record<string, RoutingStrategy | null>> = {
  'usage-based-routing': 'usage-based-routing-v2',
  'provider-budget-routing': null,
};

const strategy = z.enum(
  [...routingStrategy.options, ...Object.keys(OTHER_STRATEGIES)],
  `must be one of ${routingStrategy.options.join(', ')}`,
);

/** Retries by LiteLLM's names of what went wrong. */
export const retryPolicyFields = section({
  BadRequestErrorRetries: count.nullish(),
  AuthenticationErrorRetries: count.nullish(),
  TimeoutErrorRetries: count.nullish(),
  RateLimitErrorRetries: count.nullish(),
  ContentPolicyViolationErrorRetries: count.nullish(),
  InternalServerErrorRetries: count.nullish(),
});
export type RetryPolicyFields = z.output<typeof retryPolicyFields>;

/** `model_group_retry_policy`: LiteLLM's counts by error, or plain limits, or both. */
export const groupRetryFields = section({
  ...retryPolicyFields.shape,
  num_retries: count.nullish(),
  timeout: seconds.nullish(),
  retry_after: pause.nullish(),
});

export const serviceLevelFields = section({
  latency_ms_p95_max: z.int('must be a whole number of milliseconds').min(1).max(7_200_000).nullish(),
  error_rate_max: share(1).nullish(),
});

/** What the router and each of its groups may have. */
export const groupFields = section({
  routing_strategy: strategy.nullish(),
  num_retries: count.nullish(),
  max_retries: count.nullish(),
  retry_policy: retryPolicyFields.nullish(),
  retry_after: pause.nullish(),
  timeout: seconds.nullish(),
  stream_timeout: seconds.nullish(),
  first_token_timeout: seconds.nullish(),
  stall_timeout: seconds.nullish(),
  recover_streams: flag.nullish(),
  service_level: serviceLevelFields.nullish(),
  optional_pre_call_checks: z.array(text, 'must be a list of names').max(50).nullish(),
});
export type GroupFields = z.output<typeof groupFields>;

const fallbackList = z.array(modelName, 'must be a list of models').max(20, 'must name at most 20 models');
const fallbackMap = byGroup(fallbackList);
const fallbacks = z.union(
  [z.array(fallbackMap).max(GROUPS_MAX), fallbackMap],
  'must be a list such as [{gpt-4o: [claude-sonnet, gemini-pro]}], with at most 20 fallbacks for a model',
);

export const geoRuleFields = section({
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'must be a country such as "DE"'), 'must be a list of countries')
    .min(1)
    .max(300),
  regions: z.array(regionPrefix, 'must be a list of regions').min(1).max(50),
});

export const strategyArgsFields = section({ lowest_latency_buffer: share(10).nullish() });

export const routerSettingsFields = section({
  ...groupFields.shape,
  routing_strategy_args: strategyArgsFields.nullish(),
  latency_buffer: share(10).nullish(),
  model_group_retry_policy: byGroup(groupRetryFields).nullish(),
  groups: byGroup(groupFields).nullish(),
  total_timeout: seconds.nullish(),
  allowed_fails: count.nullish(),
  cooldown_time: pause.nullish(),
  disable_cooldowns: flag.nullish(),
  fallbacks: fallbacks.nullish(),
  context_window_fallbacks: fallbacks.nullish(),
  content_policy_fallbacks: fallbacks.nullish(),
  default_fallbacks: fallbackList.nullish(),
  max_fallbacks: count.nullish(),
  enable_tag_filtering: flag.nullish(),
  tag_filtering_match_any: flag.nullish(),
  enable_pre_call_checks: flag.nullish(),
  drop_params: flag.nullish(),
  geo_rules: z.array(geoRuleFields, 'must be a list of {countries, regions}').max(300).nullish(),
  residency_regions: z.array(regionPrefix, 'must be a list of regions').min(1).max(50).nullish(),
});
export type RouterSettingsFields = z.output<typeof routerSettingsFields>;
export type FallbackFields = NonNullable<RouterSettingsFields['fallbacks']>;
