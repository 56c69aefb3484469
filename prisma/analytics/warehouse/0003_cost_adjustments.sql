-- A call of several attempts shares its cost out between their providers and models.
ALTER TABLE requests ADD COLUMN IF NOT EXISTS attempts Array(Tuple(
  provider LowCardinality(String), model LowCardinality(String), input_tokens UInt64, output_tokens UInt64, cost_nano_usd Int128
)) AFTER decision_candidates;

-- One row per correction of what a call cost. The call's own row stays as it came: its cost is that plus these.
CREATE TABLE IF NOT EXISTS cost_adjustments (
  adjustment_id String,
  request_id String,
  org_id String,
  provider LowCardinality(String),
  difference_nano_usd Int128,
  rerating_id String,
  reason String,
  started_at DateTime64(3, 'UTC'),
  recorded_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
  INDEX recorded_at_range recorded_at TYPE minmax
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(started_at)
PRIMARY KEY (org_id, started_at)
ORDER BY (org_id, started_at, request_id, adjustment_id)
SETTINGS non_replicated_deduplication_window = 1000;

-- The views again, with the corrections: a period that got one is summed anew.
DROP VIEW IF EXISTS costs_hourly_refresh;

CREATE MATERIALIZED VIEW IF NOT EXISTS costs_hourly_refresh
REFRESH EVERY 1 MINUTE APPEND TO costs_hourly
AS WITH changed AS (
  SELECT org_id, toStartOfHour(started_at, 'UTC') FROM requests
  WHERE recorded_at >= (SELECT max(refreshed_at) FROM costs_hourly) - INTERVAL 10 MINUTE
  UNION DISTINCT
  SELECT org_id, toStartOfHour(started_at, 'UTC') FROM cost_adjustments
  WHERE recorded_at >= (SELECT max(refreshed_at) FROM costs_hourly) - INTERVAL 10 MINUTE
)
SELECT
  org_id,
  toStartOfHour(started_at, 'UTC') AS hour_start,
  team_id,
  key_id,
  model,
  provider,
  feature_id,
  count() AS requests,
  sum(cost_nano_usd + difference) AS cost_nano_usd,
  sum(input_tokens + cached_input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + audio_input_tokens
    + image_input_tokens) AS input_tokens,
  sum(output_tokens + reasoning_tokens + audio_output_tokens + image_output_tokens) AS output_tokens,
  now64(3, 'UTC') AS refreshed_at
FROM (SELECT * FROM requests FINAL WHERE (org_id, toStartOfHour(started_at, 'UTC')) IN changed) AS calls
LEFT JOIN (
  SELECT org_id, request_id, sum(difference_nano_usd) AS difference FROM cost_adjustments FINAL
  WHERE (org_id, toStartOfHour(started_at, 'UTC')) IN changed GROUP BY org_id, request_id
) AS adjusted USING (org_id, request_id)
GROUP BY org_id, hour_start, team_id, key_id, model, provider, feature_id;

DROP VIEW IF EXISTS costs_daily_refresh;

CREATE MATERIALIZED VIEW IF NOT EXISTS costs_daily_refresh
REFRESH EVERY 1 MINUTE APPEND TO costs_daily
AS WITH changed AS (
  SELECT org_id, toStartOfDay(started_at, 'UTC') FROM requests
  WHERE recorded_at >= (SELECT max(refreshed_at) FROM costs_daily) - INTERVAL 10 MINUTE
  UNION DISTINCT
  SELECT org_id, toStartOfDay(started_at, 'UTC') FROM cost_adjustments
  WHERE recorded_at >= (SELECT max(refreshed_at) FROM costs_daily) - INTERVAL 10 MINUTE
)
SELECT
  org_id,
  toStartOfDay(started_at, 'UTC') AS day_start,
  team_id,
  key_id,
  model,
  provider,
  feature_id,
  count() AS requests,
  sum(cost_nano_usd + difference) AS cost_nano_usd,
  sum(input_tokens + cached_input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + audio_input_tokens
    + image_input_tokens) AS input_tokens,
  sum(output_tokens + reasoning_tokens + audio_output_tokens + image_output_tokens) AS output_tokens,
  now64(3, 'UTC') AS refreshed_at
FROM (SELECT * FROM requests FINAL WHERE (org_id, toStartOfDay(started_at, 'UTC')) IN changed) AS calls
LEFT JOIN (
  SELECT org_id, request_id, sum(difference_nano_usd) AS difference FROM cost_adjustments FINAL
  WHERE (org_id, toStartOfDay(started_at, 'UTC')) IN changed GROUP BY org_id, request_id
) AS adjusted USING (org_id, request_id)
GROUP BY org_id, day_start, team_id, key_id, model, provider, feature_id;
