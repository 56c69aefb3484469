import type { LocatedFields } from '../json-fields.js';
import { isObject } from '../json-object.js';
import { given, invalid, jsonAt } from './request-fields.js';

/**
 * What a caller asks of the platform for one call, in the words of LiteLLM and OpenRouter. What is absent stays as it is
 * set elsewhere.
 */
export interface RequestWishes {
  readonly retriesMax?: number;
  /** Of one attempt. */
  readonly timeoutMs?: number;
  /** Until the first token of a stream. */
  readonly streamTimeoutMs?: number;
  /** Model groups to try one after another when the asked one has failed. */
  readonly fallbacks?: readonly string[];
  readonly contextWindowFallbacks?: readonly string[];
  readonly contentPolicyFallbacks?: readonly string[];
  /** Lower goes first. */
  readonly priority?: number;
  readonly tags?: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
/** The value of a field; null: not given. */
type GetField = (name: string) => unknown;

const RETRIES_MAX = 10;
const SECONDS_MAX = 7_200;
const FALLBACKS_MAX = 20;
const MODEL_LENGTH_MAX = 256;
const PRIORITY_MAX = 1_000_000;
const TAGS_MAX = 50;
const TAG_LENGTH_MAX = 128;

/** What of a body is for the platform alone: most providers refuse a field that they do not know, and some would heed it. */
export const WISH_FIELDS: readonly string[] = [
  'usage',
  'drop_params',
  'num_retries',
  'timeout',
  'stream_timeout',
  'fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'models',
  'route',
  'priority',
  'tags',
  'cache',
  'litellm_metadata',
  'mock_testing_fallbacks',
  'mock_testing_context_fallbacks',
  'mock_testing_content_policy_fallbacks',
];

export const NO_WISHES: RequestWishes = {};

/**
 * The wishes of a body that was scanned.
 * @param model The one that is asked for: fallbacks may be told by model.
 * @throws AppError `invalid_parameter` for a wrong type, naming the field.
 */
export function readWishes(body: Buffer, fields: LocatedFields, model: string): RequestWishes {
  if (!WISH_FIELDS.some((name) => fields.values.has(name))) return NO_WISHES;
  return wishesOf((name) => {
    const range = given(body, fields, name);
    return range && jsonAt(body, range, name);
  }, model);
}

/** The same of a body that was parsed. */
export function readParsedWishes(json: Json, model: string): RequestWishes {
  return WISH_FIELDS.some((name) => name in json) ? wishesOf((name) => json[name] ?? null, model) : NO_WISHES;
}

function wishesOf(get: GetField, model: string): RequestWishes {
  const wishes = {
    retriesMax: wholeNumberOf(get, 'num_retries', RETRIES_MAX),
    timeoutMs: millisecondsOf(get, 'timeout'),
    streamTimeoutMs: millisecondsOf(get, 'stream_timeout'),
    fallbacks: fallbacksOf(get, 'fallbacks', model) ?? otherModelsOf(get, model),
    contextWindowFallbacks: fallbacksOf(get, 'context_window_fallbacks', model),
    contentPolicyFallbacks: fallbacksOf(get, 'content_policy_fallbacks', model),
    priority: wholeNumberOf(get, 'priority', PRIORITY_MAX),
    tags: tagsOf(get),
  };
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== null));
}

function wholeNumberOf(get: GetField, name: string, max: number): number | null {
  const value = get(name);
  if (value === null) return null;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max) return value as number;
  throw invalid(name, `must be a whole number from 0 to ${max}`);
}

function millisecondsOf(get: GetField, name: string): number | null {
  const value = get(name);
  if (value === null) return null;
  if (typeof value === 'number' && value >= 0.001 && value <= SECONDS_MAX) return Math.round(value * 1_000);
  throw invalid(name, `must be a number of seconds from 0.001 to ${SECONDS_MAX}`);
}

/** Models, or as LiteLLM's settings have it, maps from a model to its own; null when nothing is said of this one. */
function fallbacksOf(get: GetField, name: string, model: string): readonly string[] | null {
  const value = get(name);
  if (value === null) return null;
  const rule = `must be a list of at most ${FALLBACKS_MAX} models`;
  if (!Array.isArray(value) || value.length > FALLBACKS_MAX) throw invalid(name, rule);
  const maps = value.filter((item): item is Json => isObject(item) && !('model' in item));
  if (maps.length === 0) return value.map((item, index) => modelOf(item, `${name}[${index}]`));
  const named = maps.find((map) => Object.hasOwn(map, model)) ?? maps.find((map) => Object.hasOwn(map, ANY_MODEL));
  const own = named?.[Object.hasOwn(named, model) ? model : ANY_MODEL];
  if (maps.length < value.length || !(own === undefined || isModels(own))) throw invalid(name, rule);
  return own ?? null;
}

/** Every other model, in LiteLLM's maps. */
const ANY_MODEL = '*';

/** LiteLLM lets a fallback change the question too, which would be answered and paid for unseen. */
function modelOf(item: unknown, param: string): string {
  const isAlone = isObject(item) && Object.keys(item).every((key) => key === 'model');
  const model = isAlone ? item['model'] : item;
  if (isModel(model)) return model;
  throw invalid(
    param,
    `must be a model's name of at most ${MODEL_LENGTH_MAX} characters, or {"model": name} and nothing beside it`,
  );
}

/** OpenRouter's list, which may begin with the model that is asked for. */
function otherModelsOf(get: GetField, model: string): readonly string[] | null {
  const models = get('models');
  if (models === null) return null;
  if (!isModels(models)) throw invalid('models', `must be a list of at most ${FALLBACKS_MAX} models`);
  return models.filter((name) => name !== model);
}

function tagsOf(get: GetField): readonly string[] | null {
  const own = get('tags');
  const metadata = get('litellm_metadata');
  if (own === null && !isObject(metadata)) return null;
  const tags: unknown = own ?? (metadata as Json)['tags'] ?? [];
  const isFit = Array.isArray(tags) && tags.length <= TAGS_MAX && tags.every((tag) => isText(tag, TAG_LENGTH_MAX));
  if (isFit) return tags;
  throw invalid(
    own === null ? 'litellm_metadata.tags' : 'tags',
    `must be a list of at most ${TAGS_MAX} texts of at most ${TAG_LENGTH_MAX} characters`,
  );
}

const isText = (value: unknown, lengthMax: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= lengthMax;
const isModel = (value: unknown): value is string => isText(value, MODEL_LENGTH_MAX);
const isModels = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= FALLBACKS_MAX && value.every(isModel);
