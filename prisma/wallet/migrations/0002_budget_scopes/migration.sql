-- Budgets of any scope: a wallet with a scope pays for every call of its organisation within it.
ALTER TABLE "wallet"
  ADD COLUMN "scope" JSONB,
  ADD COLUMN "template_id" TEXT REFERENCES "wallet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD COLUMN "template_values" TEXT[] DEFAULT ARRAY[]::TEXT[],
  -- False once it has been changed by itself: changes of the template no longer reach it.
  ADD COLUMN "follows_template" BOOLEAN NOT NULL DEFAULT true,
  ADD CONSTRAINT "wallet_scope_stands_alone" CHECK ("scope" IS NULL OR "parent_id" IS NULL),
  ADD CONSTRAINT "wallet_of_template_has_scope" CHECK ("template_id" IS NULL OR "scope" IS NOT NULL);
CREATE UNIQUE INDEX "wallet_template_id_template_values_key" ON "wallet" ("template_id", "template_values");
CREATE INDEX "wallet_with_scope" ON "wallet" ("org_id") WHERE "scope" IS NOT NULL AND "template_id" IS NULL;
