-- Limits of any scope: an organisation, a team, a user, a key, an end user, an address, a tag, or each of them.
CREATE TABLE "limit_rule" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "scope_kind" TEXT NOT NULL,
  "scope_id" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "requests_per_minute_max" BIGINT,
  "tokens_per_minute_max" BIGINT,
  "concurrency_max" BIGINT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "limit_rule_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "limit_rule_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "limit_rule_org_id_scope_kind_scope_id_model_key" ON "limit_rule" ("org_id", "scope_kind", "scope_id", "model");

-- A key's limits on single models, and whether its calls step back when a limit that many share runs short.
ALTER TABLE "api_key"
  ADD COLUMN "model_limits" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "priority" TEXT NOT NULL DEFAULT 'normal';
