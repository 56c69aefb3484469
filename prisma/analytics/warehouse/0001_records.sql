-- ClickHouse. There are no transactions around these statements: each may run again, also at the same time as another
-- replica's. Money is Int128 nano-dollars: exact, and no sum of it can overflow.

-- One row per request, whose id is unique for ever. A redelivered event brings the same sorting key, so FINAL reads it once.
CREATE TABLE IF NOT EXISTS requests (
  request_id String,
  correlation_id String,
  gateway_id LowCardinality(String),
  org_id String,
  team_id String,
  user_id String,
  key_id String,
  charges Array(Tuple(wallet_id String, lease_id String, reserved_nano_usd Int128)),
  endpoint LowCardinality(String),
  requested_model LowCardinality(String),
  model_group LowCardinality(String),
  model LowCardinality(String),
  provider LowCardinality(String),
  deployment_id LowCardinality(String),
  status UInt16,
  error_code LowCardinality(String),
  stream Bool,
  partial Bool,
  input_tokens UInt64,
  cached_input_tokens UInt64,
  cache_write_5m_tokens UInt64,
  cache_write_1h_tokens UInt64,
  audio_input_tokens UInt64,
  image_input_tokens UInt64,
  output_tokens UInt64,
  reasoning_tokens UInt64,
  audio_output_tokens UInt64,
  image_output_tokens UInt64,
  usage_source LowCardinality(String),
  cost_nano_usd Int128,
  price_id String,
  own_key Bool,
  cache LowCardinality(String),
  started_at DateTime64(3, 'UTC'),
  duration_ms Float64,
  first_token_ms Nullable(Float64),
  finish_reason LowCardinality(String),
  tags Array(LowCardinality(String)),
  feature_id String,
  end_user_id String,
  decision_strategy LowCardinality(String),
  decision_candidates Array(Tuple(deployment_id String, dropped String)),
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
  INDEX recorded_at_range recorded_at TYPE minmax
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(started_at)
PRIMARY KEY (org_id, started_at)
ORDER BY (org_id, started_at, request_id)
SETTINGS non_replicated_deduplication_window = 1000;

-- One row per posting in the ledger.
CREATE TABLE IF NOT EXISTS wallet_events (
  entry_id String,
  wallet_id String,
  org_id String,
  kind LowCardinality(String),
  amount_nano_usd Int128,
  request_id String,
  period_key LowCardinality(String),
  posted_at DateTime64(3, 'UTC'),
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
  INDEX recorded_at_range recorded_at TYPE minmax
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(posted_at)
PRIMARY KEY (org_id, wallet_id, posted_at)
ORDER BY (org_id, wallet_id, posted_at, entry_id)
SETTINGS non_replicated_deduplication_window = 1000;
