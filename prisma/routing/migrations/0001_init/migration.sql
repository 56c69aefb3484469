CREATE TABLE "provider" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "base_url" TEXT NOT NULL,
  "sealed_key" TEXT,
  "key_masked" TEXT,
  "key_reference" TEXT,
  "organisation" TEXT,
  "timeouts" JSONB NOT NULL,
  "connections_max" INTEGER NOT NULL,
  "region" TEXT,
  "tags" TEXT[],
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "provider_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "provider_key_is_sealed_or_reference" CHECK ("sealed_key" IS NULL OR "key_reference" IS NULL)
);
CREATE UNIQUE INDEX "provider_org_id_name_key" ON "provider" ("org_id", "name");
CREATE INDEX "provider_org_id_id_idx" ON "provider" ("org_id", "id");

CREATE TABLE "deployment" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "provider_id" TEXT NOT NULL,
  "model_group" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "region" TEXT,
  "tags" TEXT[],
  "weight" INTEGER NOT NULL,
  "priority" INTEGER NOT NULL,
  "requests_per_minute_max" BIGINT,
  "tokens_per_minute_max" BIGINT,
  "retries_max" INTEGER,
  "enabled" BOOLEAN NOT NULL,
  "listed" BOOLEAN NOT NULL,
  CONSTRAINT "deployment_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "deployment_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "provider" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "deployment_org_id_id_idx" ON "deployment" ("org_id", "id");
CREATE INDEX "deployment_provider_id_idx" ON "deployment" ("provider_id");
CREATE UNIQUE INDEX "deployment_listed_once" ON "deployment" ("provider_id", "model") WHERE "listed";

CREATE TABLE "model_alias" (
  "org_id" TEXT NOT NULL,
  "alias" TEXT NOT NULL,
  "model_group" TEXT NOT NULL,
  "hidden" BOOLEAN NOT NULL,
  CONSTRAINT "model_alias_pkey" PRIMARY KEY ("org_id", "alias")
);

CREATE TABLE "table_state" (
  "id" INTEGER NOT NULL,
  "revision" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  CONSTRAINT "table_state_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "table_state_is_one_row" CHECK ("id" = 1)
);
INSERT INTO "table_state" ("id", "revision", "version") VALUES (1, 0, 0);

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
