-- ClickHouse. The cost centre of the wallet that paid, as it was when the call was made; empty where there was none.
ALTER TABLE requests ADD COLUMN IF NOT EXISTS cost_center LowCardinality(String) AFTER charges;
