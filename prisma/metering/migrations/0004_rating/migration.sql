-- Re-ratings of a period after a price was corrected. The row is their progress: whoever holds its lock rates the next batch.
CREATE TABLE "rerating" (
  "id" TEXT COLLATE "C" NOT NULL,
  "org_id" TEXT COLLATE "C" NOT NULL,
  "started_from" TIMESTAMPTZ(3) NOT NULL,
  "started_before" TIMESTAMPTZ(3) NOT NULL,
  "model" TEXT,
  "provider" TEXT,
  "reason" TEXT NOT NULL,
  "dry_run" BOOLEAN NOT NULL,
  "price_version" BIGINT NOT NULL,
  "cursor_started_at" TIMESTAMPTZ(3) NOT NULL,
  "cursor_request_id" TEXT COLLATE "C" NOT NULL,
  "scanned" BIGINT NOT NULL DEFAULT 0,
  "changed" BIGINT NOT NULL DEFAULT 0,
  "unpriced" BIGINT NOT NULL DEFAULT 0,
  "difference_nano_usd" NUMERIC(38, 0) NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "finished_at" TIMESTAMPTZ(3),
  CONSTRAINT "rerating_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "rerating_org_id_id_idx" ON "rerating" ("org_id", "id");
CREATE INDEX "rerating_running" ON "rerating" ("created_at") WHERE "finished_at" IS NULL;

-- What was charged and what it became: kept for ever, like the entries of the ledger that follow from it.
CREATE TABLE "cost_adjustment" (
  "id" TEXT COLLATE "C" NOT NULL,
  "rerating_id" TEXT COLLATE "C" NOT NULL,
  "request_id" TEXT COLLATE "C" NOT NULL,
  "org_id" TEXT COLLATE "C" NOT NULL,
  "from_nano_usd" BIGINT NOT NULL,
  "to_nano_usd" BIGINT NOT NULL,
  "from_price_id" TEXT,
  "to_price_id" TEXT,
  "reason" TEXT NOT NULL,
  "adjusted_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "cost_adjustment_pkey" PRIMARY KEY ("id")
);
-- A call is adjusted once by a re-rating, whatever crashes or runs twice.
CREATE UNIQUE INDEX "cost_adjustment_request_id_rerating_id_key" ON "cost_adjustment" ("request_id", "rerating_id");

CREATE FUNCTION "refuse_cost_adjustment_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'cost adjustments are append-only: re-rate the period again';
END
$$;
CREATE TRIGGER "cost_adjustment_is_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "cost_adjustment"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_cost_adjustment_change"();

-- The last invoice of each provider and month; `lines`: per model what it asks for, money as digits.
CREATE TABLE "provider_invoice" (
  "org_id" TEXT COLLATE "C" NOT NULL,
  "provider" TEXT COLLATE "C" NOT NULL,
  "month" TEXT COLLATE "C" NOT NULL,
  "digest" TEXT NOT NULL,
  "tolerance_percent" TEXT NOT NULL,
  "lines" JSONB NOT NULL,
  "uploaded_at" TIMESTAMPTZ(3) NOT NULL,
  "uploaded_by" TEXT NOT NULL,
  CONSTRAINT "provider_invoice_pkey" PRIMARY KEY ("org_id", "provider", "month")
);
CREATE INDEX "provider_invoice_org_id_month_idx" ON "provider_invoice" ("org_id", "month");

-- Calls of several attempts are few, and each attempt is to be found at its own provider.
CREATE INDEX "request_log_attempts" ON "request_log" ("org_id", "started_at") WHERE "record" ? 'attempts';
