-- ClickHouse 24.10 or newer (refreshable views). Costs by hour and by day, for reports over long ranges.
--
-- A view that adds up each inserted block would count a redelivered event twice. These sum whole periods anew from the
-- requests themselves: every minute, those periods that got rows since the last refresh. A period's newer sum replaces
-- the older one. The ten minutes of overlap are for inserts that were under way; a refresh that was missed is made up by
-- the next.

CREATE TABLE IF NOT EXISTS costs_hourly (
  org_id String,
  hour_start DateTime('UTC'),
  team_id String,
  key_id String,
  model LowCardinality(String),
  provider LowCardinality(String),
  feature_id String,
  requests UInt64,
  cost_nano_usd Int128,
  input_tokens UInt64,
  output_tokens UInt64,
  refreshed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(refreshed_at)
PARTITION BY toYYYYMM(hour_start)
PRIMARY KEY (org_id, hour_start)
ORDER BY (org_id, hour_start, team_id, key_id, model, provider, feature_id);

CREATE MATERIALIZED VIEW IF NOT EXISTS costs_hourly_refresh
REFRESH EVERY 1 MINUTE APPEND TO costs_hourly
AS SELECT
  org_id,
  toStartOfHour(started_at, 'UTC') AS hour_start,
  team_id,
  key_id,
  model,
  provider,
  feature_id,
  count() AS requests,
  sum(cost_nano_usd) AS cost_nano_usd,
  sum(input_tokens + cached_input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + audio_input_tokens
    + image_input_tokens) AS input_tokens,
  sum(output_tokens + reasoning_tokens + audio_output_tokens + image_output_tokens) AS output_tokens,
  now64(3, 'UTC') AS refreshed_at
FROM requests FINAL
WHERE (org_id, toStartOfHour(started_at, 'UTC')) IN (
  SELECT org_id, toStartOfHour(started_at, 'UTC') FROM requests
  WHERE recorded_at >= (SELECT max(refreshed_at) FROM costs_hourly) - INTERVAL 10 MINUTE
)
GROUP BY org_id, hour_start, team_id, key_id, model, provider, feature_id;

CREATE TABLE IF NOT EXISTS costs_daily (
  org_id String,
  day_start DateTime('UTC'),
  team_id String,
  key_id String,
  model LowCardinality(String),
  provider LowCardinality(String),
  feature_id String,
  requests UInt64,
  cost_nano_usd Int128,
  input_tokens UInt64,
  output_tokens UInt64,
  refreshed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(refreshed_at)
PARTITION BY toYYYYMM(day_start)
PRIMARY KEY (org_id, day_start)
ORDER BY (org_id, day_start, team_id, key_id, model, provider, feature_id);

CREATE MATERIALIZED VIEW IF NOT EXISTS costs_daily_refresh
REFRESH EVERY 1 MINUTE APPEND TO costs_daily
AS SELECT
  org_id,
  toStartOfDay(started_at, 'UTC') AS day_start,
  team_id,
  key_id,
  model,
  provider,
  feature_id,
  count() AS requests,
  sum(cost_nano_usd) AS cost_nano_usd,
  sum(input_tokens + cached_input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + audio_input_tokens
    + image_input_tokens) AS input_tokens,
  sum(output_tokens + reasoning_tokens + audio_output_tokens + image_output_tokens) AS output_tokens,
  now64(3, 'UTC') AS refreshed_at
FROM requests FINAL
WHERE (org_id, toStartOfDay(started_at, 'UTC')) IN (
  SELECT org_id, toStartOfDay(started_at, 'UTC') FROM requests
  WHERE recorded_at >= (SELECT max(refreshed_at) FROM costs_daily) - INTERVAL 10 MINUTE
)
GROUP BY org_id, day_start, team_id, key_id, model, provider, feature_id;
