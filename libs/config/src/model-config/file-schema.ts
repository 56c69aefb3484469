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
const section = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> =>
  z.looseObject(shape, 'must be a map of keys to values');

const modelParams = section({
  model: text.max(512, 'must have at most 512 characters'),
  custom_llm_provider: text.max(64, 'must have at most 64 characters').nullish(),
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
  max_retries: whole(0, 10).nullish(),
});
export type ModelParams = z.output<typeof modelParams>;

const modelInfo = section({
  id: text.max(256, 'must have at most 256 characters').nullish(),
  mode: text.nullish(),
  max_tokens: whole(1, 1_000_000_000).nullish(),
  max_input_tokens: whole(1, 1_000_000_000).nullish(),
  max_output_tokens: whole(1, 1_000_000_000).nullish(),
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

export const modelConfigFile = section({
  model_list: z.array(modelEntry, 'must be a list of models').max(10_000, 'must have at most 10000 models').nullish(),
  router_settings: section({
    model_group_alias: z
      .record(text.max(128, 'must have at most 128 characters'), aliasTarget, 'must be a map of aliases to models')
      .nullish(),
  }).nullish(),
  environment_variables: environmentVariables.nullish(),
  general_settings: section({
    pass_through_endpoints: z.array(passThrough, 'must be a list of routes').max(1_000).nullish(),
  }).nullish(),
  litellm_settings: section({}).nullish(),
});
export type ModelConfigFile = z.output<typeof modelConfigFile>;

/** The keys that each part of the file may have without a warning. */
export const SUPPORTED_KEYS = {
  file: new Set(Object.keys(modelConfigFile.shape)),
  entry: new Set(Object.keys(modelEntry.shape)),
  params: new Set(Object.keys(modelParams.shape)),
  info: new Set(Object.keys(modelInfo.shape)),
  router: new Set(['model_group_alias']),
  alias: new Set(['model', 'hidden']),
  general: new Set(['pass_through_endpoints']),
  passThrough: new Set(Object.keys(passThrough.shape)),
  none: new Set<string>(),
} as const;
