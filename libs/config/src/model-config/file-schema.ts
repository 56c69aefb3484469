import { z } from 'zod';

/*
 * The shape of the file. Objects are loose: what they hold beyond this becomes a warning, not an error, because a
 * LiteLLM file must start the gateway. Null counts as absent: that is what `key:` without a value means in YAML.
 */

const text = z.string('must be text; put a number or a word such as yes in quotes').min(1, 'must not be empty');
const modelName = text.max(256, 'must have at most 256 characters');
const whole = (min: number, max: number): z.ZodNumber => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
};
const seconds = z
  .number('must be a number of seconds')
  .min(0.001, 'must be at least 0.001 seconds')
  .max(7_200, 'must be at most 7200 seconds');
const CONCURRENCY_MAX = 1_000_000;
const section = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> =>
  z.looseObject(shape, 'must be a map of keys to values');

const flag = z.boolean('must be true or false');

/** What reaches a provider, and what a credential may hold of it. */
const endpointShape = {
  api_base: text.max(2_048, 'must have at most 2048 characters').nullish(),
  base_url: text.max(2_048, 'must have at most 2048 characters').nullish(),
  api_key: text.max(4_096, 'must have at most 4096 characters').nullish(),
  organization: text.max(256, 'must have at most 256 characters').nullish(),
  api_version: text.max(64, 'must have at most 64 characters').nullish(),
  aws_access_key_id: text.max(128, 'must have at most 128 characters').nullish(),
  aws_secret_access_key: text.max(256, 'must have at most 256 characters').nullish(),
  aws_session_token: text.max(4_096, 'must have at most 4096 characters').nullish(),
  aws_region_name: text.max(64, 'must have at most 64 characters').nullish(),
  vertex_project: text.max(128, 'must have at most 128 characters').nullish(),
  vertex_location: text.max(64, 'must have at most 64 characters').nullish(),
  vertex_credentials: text.max(16_384, 'must have at most 16384 characters').nullish(),
};

const modelParams = section({
  model: text.max(512, 'must have at most 512 characters'),
  custom_llm_provider: text.max(64, 'must have at most 64 characters').nullish(),
  ...endpointShape,
  litellm_credential_name: text.max(256, 'must have at most 256 characters').nullish(),
  region: text.max(64, 'must have at most 64 characters').nullish(),
  region_name: text.max(64, 'must have at most 64 characters').nullish(),
  tags: z.array(text.max(128, 'must have at most 128 characters'), 'must be a list of texts').max(50).nullish(),
  weight: whole(0, 1_000_000).nullish(),
  order: whole(0, 1_000_000).nullish(),
  priority: whole(0, 1_000_000).nullish(),
  rpm: whole(1, 1_000_000_000).nullish(),
  tpm: whole(1, 1_000_000_000_000).nullish(),
  timeout: seconds.nullish(),
  stream_timeout: seconds.nullish(),
  first_token_timeout: seconds.nullish(),
  stall_timeout: seconds.nullish(),
  max_retries: whole(0, 10).nullish(),
  max_parallel_requests: whole(1, CONCURRENCY_MAX).nullish(),
});
export type ModelParams = z.output<typeof modelParams>;

const modelInfo = section({
  id: text.max(256, 'must have at most 256 characters').nullish(),
  mode: text.nullish(),
  max_tokens: whole(1, 1_000_000_000).nullish(),
  max_input_tokens: whole(1, 1_000_000_000).nullish(),
  max_output_tokens: whole(1, 1_000_000_000).nullish(),
  supports_assistant_prefill: flag.nullish(),
});
export type ModelInfo = z.output<typeof modelInfo>;

/** The names under which a file may hold the parameters of a model, LiteLLM's and our own. */
export const PARAMS_KEYS = ['litellm_params', 'tianji_params', 'params'] as const;

const modelEntry = section({
  model_name: modelName,
  litellm_params: modelParams.nullish(),
  tianji_params: modelParams.nullish(),
  params: modelParams.nullish(),
  model_info: modelInfo.nullish(),
}).refine((entry) => PARAMS_KEYS.filter((key) => entry[key] != null).length === 1, {
  error: `must have exactly one of ${PARAMS_KEYS.join(', ')}`,
  // A wrong type inside one of them is reported by itself.
  when: ({ issues }) => issues.length === 0,
});
export type ModelEntry = z.output<typeof modelEntry>;

const aliasTarget = z.union(
  [modelName, z.looseObject({ model: modelName, hidden: z.boolean().nullish() })],
  'must be the name of a model, or {model: name, hidden: true or false}',
);

const environmentVariables = z.record(z.string(), text, 'must be a map of names to texts');

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const passThrough = section({
  path: text.max(256).regex(/^(?:\/[A-Za-z0-9_~.-]+)+\/?$/, 'must be a path such as /my/service'),
  target: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2_048),
  headers: z.record(text.max(128), text.max(4_096), 'must be a map of names to texts').nullish(),
  methods: z
    .array(z.enum(METHODS, `must be some of ${METHODS.join(', ')}`))
    .min(1)
    .max(METHODS.length)
    .nullish(),
  cost_per_request: z.number('must be a price in dollars, such as 0.005').min(0).max(1_000_000).nullish(),
});
export type PassThroughEntry = z.output<typeof passThrough>;

const credential = section({
  credential_name: text.max(256, 'must have at most 256 characters'),
  credential_values: section(endpointShape),
});
export type CredentialEntry = z.output<typeof credential>;

const ttl = z.number('must be a number of seconds').min(1, 'must be at least 1 second');
const ttls = z.record(z.string().min(1).max(256), ttl, 'must be a map of names to seconds').nullish();

const cacheParams = section({
  type: text.nullish(),
  mode: z.enum(['default_on', 'default_off'], 'must be default_on or default_off').nullish(),
  ttl: ttl.nullish(),
  default_in_memory_ttl: ttl.nullish(),
  default_in_redis_ttl: ttl.nullish(),
  ttl_by_model: ttls,
  ttl_by_team: ttls,
  namespace: text.max(64, 'must have at most 64 characters').nullish(),
  supported_call_types: z.array(text, 'must be a list of names').max(100).nullish(),
  similarity_threshold: z.number('must be a number from 0 to 1').min(0).max(1).nullish(),
  redis_semantic_cache_embedding_model: modelName.nullish(),
  qdrant_semantic_cache_embedding_model: modelName.nullish(),
});
export type CacheParams = z.output<typeof cacheParams>;

const litellmSettings = section({
  drop_params: flag.nullish(),
  request_timeout: z.number('must be a number of seconds').min(0.001, 'must be at least 0.001 seconds').nullish(),
  cache: flag.nullish(),
  cache_params: cacheParams.nullish(),
});
export type LiteLlmSettings = z.output<typeof litellmSettings>;

export const modelConfigFile = section({
  model_list: z.array(modelEntry, 'must be a list of models').max(10_000, 'must have at most 10000 models').nullish(),
  router_settings: section({
    model_group_alias: z
      .record(text.max(128, 'must have at most 128 characters'), aliasTarget, 'must be a map of aliases to models')
      .nullish(),
    default_max_parallel_requests: whole(1, CONCURRENCY_MAX).nullish(),
  }).nullish(),
  credential_list: z.array(credential, 'must be a list of credentials').max(1_000).nullish(),
  environment_variables: environmentVariables.nullish(),
  general_settings: section({
    pass_through_endpoints: z.array(passThrough, 'must be a list of routes').max(1_000).nullish(),
    master_key: text.max(512, 'must have at most 512 characters').nullish(),
    max_parallel_requests: whole(0, CONCURRENCY_MAX).nullish(),
  }).nullish(),
  litellm_settings: litellmSettings.nullish(),
});
export type ModelConfigFile = z.output<typeof modelConfigFile>;

/** What LiteLLM takes in `litellm_settings` too; `router_settings` wins. */
export const ROUTER_TWINS = [
  'num_retries',
  'fallbacks',
  'default_fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'allowed_fails',
  'cooldown_time',
] as const;

/** How LiteLLM itself logs: nothing is lost by not heeding it. */
const HARMLESS = ['json_logs', 'set_verbose', 'suppress_debug_info', 'log_raw_request_response'];

/** The keys that each part of the file may have without a warning. */
export const SUPPORTED_KEYS = {
  file: new Set(Object.keys(modelConfigFile.shape)),
  entry: new Set(Object.keys(modelEntry.shape)),
  params: new Set(Object.keys(modelParams.shape)),
  info: new Set(Object.keys(modelInfo.shape)),
  alias: new Set(['model', 'hidden']),
  general: new Set(['pass_through_endpoints', 'master_key', 'max_parallel_requests']),
  litellm: new Set([...Object.keys(litellmSettings.shape), ...ROUTER_TWINS, ...HARMLESS]),
  cache: new Set(Object.keys(cacheParams.shape)),
  credential: new Set([...Object.keys(credential.shape), 'credential_info']),
  credentialValues: new Set(Object.keys(endpointShape)),
  passThrough: new Set(Object.keys(passThrough.shape)),
} as const;
