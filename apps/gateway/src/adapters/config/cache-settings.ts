import type { ConfigCache } from '@ao/config';
import { cacheCallType, type CacheSettings } from '@ao/contracts';
import type { GatewayConfig } from '../../config.js';

/** The response cache as the environment has it. */
export function cacheSettingsOf(config: GatewayConfig): CacheSettings {
  const embeddingModel = config.CACHE_EMBEDDING_MODEL;
  return {
    mode: config.CACHE_MODE,
    ttlMs: config.CACHE_TTL_MS,
    ttlMsByModel: config.CACHE_TTL_MS_BY_MODEL,
    ttlMsByTeam: config.CACHE_TTL_MS_BY_TEAM,
    namespace: '',
    callTypes: null,
    semantic:
      embeddingModel === undefined
        ? null
        : { embeddingModel, similarityMin: config.CACHE_SIMILARITY_MIN, questionsMax: config.CACHE_QUESTIONS_MAX },
    answerBytesMax: config.CACHE_ANSWER_BYTES_MAX,
    organisationBytesPerHourMax: config.CACHE_ORGANISATION_BYTES_PER_HOUR_MAX,
  };
}

const TTL_MS_MIN = 1_000;

/** The same with what the AO_CONFIG file says of it; null: nothing. */
export function withFile(settings: CacheSettings, file: ConfigCache | null): CacheSettings {
  if (file === null) return settings;
  const { mode, ttlMs = settings.ttlMs, ttlMsByModel, ttlMsByTeam, namespace = settings.namespace } = file;
  return {
    ...settings,
    mode,
    namespace,
    ttlMs: Math.max(ttlMs, TTL_MS_MIN),
    ttlMsByModel: { ...settings.ttlMsByModel, ...ttlMsByModel },
    ttlMsByTeam: { ...settings.ttlMsByTeam, ...ttlMsByTeam },
    callTypes: file.callTypes?.map((type) => cacheCallType.parse(type)) ?? settings.callTypes,
    semantic: file.semantic ? { ...SEMANTIC, ...settings.semantic, ...file.semantic } : settings.semantic,
  };
}

const SEMANTIC = { similarityMin: 0.92, questionsMax: 1_000 };
