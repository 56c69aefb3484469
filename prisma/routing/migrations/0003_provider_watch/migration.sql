-- Whose prices hold for a provider, where its administrator says so; null: its kind and host do.
ALTER TABLE "provider" ADD COLUMN "vendor" TEXT;

-- What is known of each provider, those of AO_CONFIG and the demo included, and when to look again. Whichever replica
-- moves a time ahead has the turn.
CREATE TABLE "provider_watch" (
  "provider_id" TEXT NOT NULL,
  "health_due_at" TIMESTAMPTZ(3) NOT NULL,
  "models_due_at" TIMESTAMPTZ(3) NOT NULL,
  "key_due_at" TIMESTAMPTZ(3) NOT NULL,
  "healthy" BOOLEAN,
  "health_streak" INTEGER NOT NULL DEFAULT 0,
  "health_reason" TEXT,
  "health_latency_ms" DOUBLE PRECISION,
  "health_checked_at" TIMESTAMPTZ(3),
  "models_synced_at" TIMESTAMPTZ(3),
  "sealed_key" TEXT,
  "key_reference" TEXT,
  "key_failure" TEXT,
  CONSTRAINT "provider_watch_pkey" PRIMARY KEY ("provider_id")
);

CREATE TABLE "provider_model" (
  "provider_id" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
  "vanished_at" TIMESTAMPTZ(3),
  CONSTRAINT "provider_model_pkey" PRIMARY KEY ("provider_id", "model"),
  CONSTRAINT "provider_model_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider_watch" ("provider_id") ON DELETE CASCADE ON UPDATE CASCADE
);
