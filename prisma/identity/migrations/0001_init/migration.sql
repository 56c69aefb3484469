CREATE TABLE "organisation" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "wallet_id" TEXT NOT NULL,
  "bootstrap" BOOLEAN,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "organisation_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "organisation_bootstrap_is_true_or_null" CHECK ("bootstrap")
);
CREATE UNIQUE INDEX "organisation_bootstrap_key" ON "organisation" ("bootstrap");

CREATE TABLE "team" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "wallet_id" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "team_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "team_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "team_org_id_name_key" ON "team" ("org_id", "name");

CREATE TABLE "user_account" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "user_account_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "user_account_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "user_account_org_id_email_key" ON "user_account" ("org_id", "email");

CREATE TABLE "api_key" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "team_id" TEXT,
  "user_id" TEXT,
  "name" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "masked" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "wallet_id" TEXT,
  "models" TEXT[],
  "all_models" BOOLEAN NOT NULL,
  "requests_per_minute_max" INTEGER,
  "tokens_per_minute_max" INTEGER,
  "concurrency_max" INTEGER,
  "expires_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "api_key_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "api_key_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key" ("hash");
CREATE INDEX "api_key_org_id_id_idx" ON "api_key" ("org_id", "id");

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
