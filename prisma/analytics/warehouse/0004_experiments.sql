-- ClickHouse. Which variant of which experiment a call was given; empty where there was none.
ALTER TABLE requests ADD COLUMN IF NOT EXISTS experiment_id String AFTER decision_candidates;
ALTER TABLE requests ADD COLUMN IF NOT EXISTS experiment_variant LowCardinality(String) AFTER experiment_id;
