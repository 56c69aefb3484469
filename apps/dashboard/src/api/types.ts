/** What the public API answers, as the dashboard reads it. Money is a decimal string of dollars, times are RFC 3339. */

export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

type WalletPeriod = 'none' | 'day' | 'week' | 'month';

/** `GET /v1/wallets/{id}/balance`, `GET /v1/wallet/balance`. */
export interface WalletBalance {
  wallet_id: string;
  name: string;
  period: WalletPeriod;
  period_starts_at: string | null;
  resets_at: string | null;
  /** Null: unlimited, or prepaid: then `available_usd` says what is left. */
  limit_usd: string | null;
  spent_usd: string;
  held_usd: string;
  available_usd: string | null;
  overdraft_used_usd: string;
  used_percent: number | null;
}

/** `GET /v1/wallets`. */
export interface Wallet {
  id: string;
  name: string;
  parent_id: string | null;
  owner_type: 'organisation' | 'team' | 'user' | 'key';
  owner_id: string;
  limit_usd: string | null;
  period: WalletPeriod;
  time_zone: string;
  overdraft_percent: number;
  cost_center: string | null;
  active: boolean;
  created_at: string;
}

export type Role = 'owner' | 'admin' | 'member' | 'viewer';

/** `GET /v1/keys`. */
export interface ApiKey {
  id: string;
  name: string;
  masked: string;
  role: Role;
  team_id: string | null;
  wallet_id: string | null;
  models: string[] | null;
  requests_per_minute_max: number | null;
  tokens_per_minute_max: number | null;
  concurrency_max: number | null;
  expires_at: string | null;
  revoked_at: string | null;
  created_at: string;
}

/** `POST /v1/keys`: the only answer that carries the key itself. */
export interface CreatedApiKey extends ApiKey {
  key: string;
}

export interface NewApiKey {
  name: string;
  role: Role;
  wallet_id: string | null;
  models: string[] | null;
  requests_per_minute_max: number | null;
  expires_at: string | null;
}

/** Disjoint buckets: no token is counted in two of them. */
export interface Usage {
  input_tokens: number;
  cached_input_tokens: number;
  cache_write5m_tokens: number;
  cache_write1h_tokens: number;
  audio_input_tokens: number;
  image_input_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  audio_output_tokens: number;
  image_output_tokens: number;
}

interface RouteDecision {
  strategy: string;
  /** `dropped`: why the deployment could not serve; null: it could. */
  candidates: { deployment_id: string; dropped: string | null }[];
}

/** `GET /v1/requests`, `GET /v1/requests/{id}`. */
export interface RequestRow {
  id: string;
  /** The caller's own X-Request-ID. */
  request_id: string;
  started_at: string;
  duration_ms: number;
  first_token_ms: number | null;
  endpoint: string;
  status: number;
  error_code: string | null;
  stream: boolean;
  partial: boolean;
  finish_reason: string | null;
  requested_model: string;
  model: string;
  model_group: string | null;
  provider: string;
  deployment_id: string | null;
  usage: Partial<Usage>;
  usage_source: 'provider' | 'estimated' | 'none';
  cost_usd: string;
  cost_basis?: 'price' | 'own_key' | 'none' | 'unpriced' | 'reported';
  price_id: string | null;
  own_key: boolean;
  cache: 'none' | 'hit' | 'semantic' | 'miss' | 'bypass';
  charges: { wallet_id: string; reserved_usd: string }[];
  key_id: string;
  team_id: string | null;
  tags: string[];
  feature_id: string | null;
  end_user_id: string | null;
  decision: RouteDecision | null;
}

/** `GET /v1/models`. */
export interface Model {
  id: string;
  owned_by: string;
}

/** `GET /v1/prices`: dollars per million tokens. */
export interface Price {
  id: string;
  model: string;
  /** Null: at any provider. */
  provider: string | null;
  effective_from: string;
  input_usd_per_million: string;
  output_usd_per_million: string;
  cached_input_usd_per_million: string | null;
  cache_write_5m_usd_per_million: string | null;
  cache_write_1h_usd_per_million: string | null;
  reasoning_usd_per_million: string | null;
  free: boolean;
  context_tokens_max: number | null;
  output_tokens_max: number | null;
  source: string;
}

export type CostDimension = 'model' | 'provider' | 'team' | 'key' | 'feature';

/** A row of `POST /v1/analytics/cost`. */
export interface CostRow {
  /** Empty for calls that have none of the dimension. */
  group: string;
  interval_start: string | null;
  cost_usd: string;
  requests: number;
  input_tokens: number;
  output_tokens: number;
}

export interface CostReport {
  data: CostRow[];
  /** Of every call in the range, each counted once. */
  total_usd: string;
}
