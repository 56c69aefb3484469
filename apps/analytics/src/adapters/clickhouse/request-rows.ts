import { inputTokensOf, outputTokensOf, type UsageBucket } from '@ao/pricing';
import type { RecordedUsage } from '../../application/ports.js';
import { toDateTime } from './date-time.js';

/** The column of each token bucket; cached sound counts as cached. */
export const BUCKET_COLUMNS = {
  inputTokens: 'input_tokens',
  cachedInputTokens: 'cached_input_tokens',
  cachedAudioInputTokens: 'cached_input_tokens',
  cacheWrite5mTokens: 'cache_write_5m_tokens',
  cacheWrite1hTokens: 'cache_write_1h_tokens',
  audioInputTokens: 'audio_input_tokens',
  imageInputTokens: 'image_input_tokens',
  outputTokens: 'output_tokens',
  reasoningTokens: 'reasoning_tokens',
  audioOutputTokens: 'audio_output_tokens',
  imageOutputTokens: 'image_output_tokens',
} as const satisfies Record<UsageBucket, string>;

/** A record as its row: money as text of an integer, nothing as an empty text, which no id can be. */
export function toRequestRow(record: RecordedUsage): Record<string, unknown> {
  const { usage, decision } = record;
  return {
    ...tokensByColumn(usage),
    request_id: record.requestId,
    correlation_id: record.correlationId,
    gateway_id: record.gatewayId,
    org_id: record.orgId,
    team_id: record.teamId ?? '',
    user_id: record.userId ?? '',
    key_id: record.keyId,
    charges: record.charges.map(({ walletId, leaseId, reserved }) => ({
      wallet_id: walletId,
      lease_id: leaseId ?? '',
      reserved_nano_usd: reserved.toString(),
    })),
    cost_center: record.costCenter ?? '',
    endpoint: record.endpoint,
    requested_model: record.requestedModel,
    model_group: record.modelGroup ?? '',
    model: record.model,
    provider: record.provider,
    deployment_id: record.deploymentId ?? '',
    status: record.status,
    error_code: record.errorCode ?? '',
    stream: record.stream,
    partial: record.partial,
    usage_source: record.usageSource,
    cost_nano_usd: record.cost.toString(),
    price_id: record.priceId ?? '',
    own_key: record.ownKey,
    cache: record.cache,
    saved_nano_usd: (record.savedCost ?? 0n).toString(),
    started_at: toDateTime(record.startedAtMs),
    duration_ms: record.durationMs,
    first_token_ms: record.firstTokenMs,
    finish_reason: record.finishReason ?? '',
    tags: record.tags,
    feature_id: record.featureId ?? '',
    end_user_id: record.endUserId ?? '',
    decision_strategy: decision?.strategy ?? '',
    decision_candidates: (decision?.candidates ?? []).map(({ deploymentId, dropped }) => ({
      deployment_id: deploymentId,
      dropped: dropped ?? '',
    })),
    experiment_id: decision?.experiment?.experimentId ?? '',
    experiment_variant: decision?.experiment?.variant ?? '',
    attempts: (record.attempts ?? []).map(({ provider, model, usage: used, cost }) => ({
      provider,
      model,
      input_tokens: inputTokensOf(used),
      output_tokens: outputTokensOf(used),
      cost_nano_usd: cost.toString(),
    })),
  };
}

function tokensByColumn(usage: RecordedUsage['usage']): Record<string, number> {
  const tokens: Record<string, number> = {};
  for (const [bucket, column] of Object.entries(BUCKET_COLUMNS)) {
    tokens[column] = (tokens[column] ?? 0) + usage[bucket as UsageBucket];
  }
  return tokens;
}
