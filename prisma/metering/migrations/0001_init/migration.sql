CREATE TABLE "price" (
  "sequence" BIGSERIAL NOT NULL,
  "id" TEXT NOT NULL,
  "origin" TEXT NOT NULL,
  "retired" BOOLEAN NOT NULL,
  "model" TEXT NOT NULL,
  "provider" TEXT,
  "effective_from" TIMESTAMPTZ(3) NOT NULL,
  "input_pico" BIGINT NOT NULL,
  "output_pico" BIGINT NOT NULL,
  "cached_input_pico" BIGINT,
  "cache_write_5m_pico" BIGINT,
  "cache_write_1h_pico" BIGINT,
  "reasoning_pico" BIGINT,
  "audio_input_pico" BIGINT,
  "audio_output_pico" BIGINT,
  "image_input_pico" BIGINT,
  "image_output_pico" BIGINT,
  "free" BOOLEAN NOT NULL,
  "context_tokens_max" BIGINT,
  "output_tokens_max" BIGINT,
  "source" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "price_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "price_origin_is_known" CHECK ("origin" IN ('catalogue', 'config', 'api')),
  CONSTRAINT "price_is_not_negative" CHECK (LEAST("input_pico", "output_pico", "cached_input_pico", "cache_write_5m_pico",
    "cache_write_1h_pico", "reasoning_pico", "audio_input_pico", "audio_output_pico", "image_input_pico",
    "image_output_pico") >= 0)
);
CREATE UNIQUE INDEX "price_sequence_key" ON "price" ("sequence");
CREATE INDEX "price_model_sequence_idx" ON "price" ("model", "sequence");

CREATE FUNCTION "refuse_price_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'prices are append-only: add a row from a later date on';
END
$$;
CREATE TRIGGER "price_is_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "price"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_price_change"();

-- Ids compare byte by byte: faster than by language, and the same on every server.
CREATE TABLE "request_log" (
  "request_id" TEXT COLLATE "C" NOT NULL,
  "org_id" TEXT COLLATE "C" NOT NULL,
  "team_id" TEXT COLLATE "C",
  "key_id" TEXT COLLATE "C" NOT NULL,
  "wallet_ids" TEXT[],
  "tags" TEXT[],
  "model" TEXT COLLATE "C" NOT NULL,
  "provider" TEXT NOT NULL,
  "status" INTEGER NOT NULL,
  "cost_nano_usd" BIGINT NOT NULL,
  "duration_ms" DOUBLE PRECISION NOT NULL,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "record" JSONB NOT NULL,
  CONSTRAINT "request_log_pkey" PRIMARY KEY ("request_id")
);
-- Each sort of the list is an index walked in order from the cursor on, whatever the table's size.
CREATE INDEX "request_log_org_id_started_at_request_id_idx" ON "request_log" ("org_id", "started_at", "request_id");
CREATE INDEX "request_log_org_id_cost_nano_usd_request_id_idx" ON "request_log" ("org_id", "cost_nano_usd", "request_id");
CREATE INDEX "request_log_org_id_duration_ms_request_id_idx" ON "request_log" ("org_id", "duration_ms", "request_id");
-- Filters that leave few rows of many.
CREATE INDEX "request_log_org_id_team_id_started_at_request_id_idx" ON "request_log" ("org_id", "team_id", "started_at", "request_id");
CREATE INDEX "request_log_org_id_key_id_started_at_request_id_idx" ON "request_log" ("org_id", "key_id", "started_at", "request_id");
CREATE INDEX "request_log_org_id_model_started_at_request_id_idx" ON "request_log" ("org_id", "model", "started_at", "request_id");
CREATE INDEX "request_log_failures" ON "request_log" ("org_id", "started_at", "request_id") WHERE "status" >= 400;
CREATE INDEX "request_log_wallet_ids_idx" ON "request_log" USING GIN ("wallet_ids");
CREATE INDEX "request_log_tags_idx" ON "request_log" USING GIN ("tags");
-- Retention finds the oldest rows of all organisations.
CREATE INDEX "request_log_started_at_idx" ON "request_log" ("started_at");

CREATE TABLE "usage_refused" (
  "request_id" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "record" TEXT NOT NULL,
  "refused_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "usage_refused_pkey" PRIMARY KEY ("request_id", "digest")
);
CREATE INDEX "usage_refused_refused_at_idx" ON "usage_refused" ("refused_at");

CREATE TABLE "outbox" (
  "sequence" BIGSERIAL NOT NULL,
  "id" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "payload" TEXT NOT NULL,
  "occurred_at" TIMESTAMPTZ(3) NOT NULL,
  "request_id" TEXT,
  "published_at" TIMESTAMPTZ(3),
  "parked_at" TIMESTAMPTZ(3),
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "last_error" TEXT,
  CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "outbox_waiting" ON "outbox" ("sequence") WHERE "published_at" IS NULL AND "parked_at" IS NULL;
CREATE INDEX "outbox_published" ON "outbox" ("published_at") WHERE "published_at" IS NOT NULL;

CREATE TABLE "inbox" (
  "consumer" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer", "event_id")
);
CREATE INDEX "inbox_received" ON "inbox" ("received_at");
