-- ClickHouse. What the call had cost whose answer was repeated from the cache; 0 for all others.
ALTER TABLE requests ADD COLUMN IF NOT EXISTS saved_nano_usd Int128 DEFAULT 0 AFTER cache;
