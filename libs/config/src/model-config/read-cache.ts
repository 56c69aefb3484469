import { warnOfUnsupported } from '../unsupported.js';
import { SUPPORTED_KEYS, type CacheParams, type LiteLlmSettings } from './file-schema.js';
import type { ConfigCache } from './model-config.js';
import type { Reading } from './reading.js';

const PATH = 'litellm_settings.cache_params';
/** Thirty days, as the contract of the cache has it. */
const TTL_S_MAX = 2_592_000;

/** LiteLLM's names of calls, with the prefix that its asynchronous ones have. */
const CALL_TYPES: Readonly<Record<string, string>> = {
  completion: 'chat',
  text_completion: 'completion',
  embedding: 'embedding',
  responses: 'responses',
  anthropic_messages: 'messages',
};

/** Where LiteLLM keeps answers; here they are always where REDIS_URL says. */
const KEPT_HERE: ReadonlySet<string> = new Set(['local', 'redis', 'redis-semantic', 'qdrant-semantic']);
const OF_REDIS = 'answers are kept in REDIS_URL, or in memory';
const HINTS: Record<string, string> = { host: OF_REDIS, port: OF_REDIS, password: OF_REDIS, ssl: OF_REDIS };

/** `cache` and `cache_params`; null where the file says nothing of a cache. */
export function readCache(reading: Reading, settings: LiteLlmSettings | null | undefined): ConfigCache | null {
  if (settings?.cache == null) {
    if (settings?.cache_params != null) reading.warnings.push(`${PATH}: has no effect without cache: true`);
    return null;
  }
  if (!settings.cache) return { mode: 'off' };
  const params = settings.cache_params ?? {};
  warnOfUnsupported(reading, { path: PATH, keys: Object.keys(params), supported: SUPPORTED_KEYS.cache, hints: HINTS });
  const { type, mode, namespace } = params;
  if (type != null && !KEPT_HERE.has(type)) {
    reading.warnings.push(`${PATH}.type: ${type} is not supported and ignored; ${OF_REDIS}`);
  }
  const ttl = params.ttl ?? params.default_in_redis_ttl ?? params.default_in_memory_ttl;
  const semantic = readSemantic(reading, params);
  return {
    mode: mode ?? 'default_on',
    ...(ttl != null && { ttlMs: ttlMsOf(reading, 'ttl', ttl) }),
    ...(params.ttl_by_model && { ttlMsByModel: readTtls(reading, 'ttl_by_model', params.ttl_by_model) }),
    ...(params.ttl_by_team && { ttlMsByTeam: readTtls(reading, 'ttl_by_team', params.ttl_by_team) }),
    ...(namespace != null && { namespace }),
    ...(params.supported_call_types && { callTypes: readCallTypes(reading, params.supported_call_types) }),
    ...(semantic && { semantic }),
  };
}

function readCallTypes(reading: Reading, names: readonly string[]): string[] {
  const types = names.map((name) => {
    const type = Object.entries(CALL_TYPES).find(([known]) => name === known || name === `a${known}`)?.[1];
    if (type === undefined) reading.warnings.push(`${PATH}.supported_call_types: ${name} is not cached`);
    return type;
  });
  return [...new Set(types.filter((type) => type !== undefined))];
}

/** Answers to questions that mean the same, where an embedding model is named that finds them. */
function readSemantic(reading: Reading, params: CacheParams): ConfigCache['semantic'] {
  const embeddingModel = params.redis_semantic_cache_embedding_model ?? params.qdrant_semantic_cache_embedding_model;
  if (embeddingModel == null) {
    if (params.type?.endsWith('-semantic')) {
      reading.warnings.push(
        `${PATH}: name an embedding model in redis_semantic_cache_embedding_model; until then answers must match exactly`,
      );
    }
    return undefined;
  }
  const similarityMin = params.similarity_threshold;
  return { embeddingModel, ...(similarityMin != null && { similarityMin }) };
}

const readTtls = (reading: Reading, key: string, ttls: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(ttls).map(([name, ttl]) => [name, ttlMsOf(reading, `${key}.${name}`, ttl)]));

function ttlMsOf(reading: Reading, key: string, seconds: number): number {
  if (seconds > TTL_S_MAX)
    reading.warnings.push(`${PATH}.${key}: more than ${TTL_S_MAX} seconds; ${TTL_S_MAX} is used`);
  return Math.round(Math.min(seconds, TTL_S_MAX) * 1_000);
}
