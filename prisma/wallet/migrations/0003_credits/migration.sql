-- Prepaid wallets. Their limit is 0, so that an older replica takes one for an empty budget, never for an unlimited one.
ALTER TABLE "wallet"
  ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'budget',
  ADD COLUMN "auto_top_up_below" BIGINT,
  ADD COLUMN "auto_top_up_amount" BIGINT,
  ADD CONSTRAINT "wallet_kind_is_known" CHECK ("kind" IN ('budget', 'prepaid')),
  ADD CONSTRAINT "wallet_prepaid_has_no_budget"
    CHECK ("kind" <> 'prepaid' OR ("spend_limit" IS NOT DISTINCT FROM 0 AND "overdraft_percent" = 0 AND "period" = 'none')),
  ADD CONSTRAINT "wallet_auto_top_up_is_whole"
    CHECK (("auto_top_up_below" IS NULL) = ("auto_top_up_amount" IS NULL) AND "auto_top_up_below" >= 0 AND "auto_top_up_amount" > 0);

-- A refund may exceed what was spent in the period that it comes in.
ALTER TABLE "period_balance"
  DROP CONSTRAINT "period_balance_posted_is_not_negative",
  ADD COLUMN "credited" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "refunded" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "drawn" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "next_expiry_at" TIMESTAMPTZ(3),
  ADD COLUMN "top_up_requested_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "period_balance_credited_is_not_negative" CHECK ("credited" >= 0),
  ADD CONSTRAINT "period_balance_refunded_is_not_negative" CHECK ("refunded" >= 0);
CREATE INDEX "period_balance_expiring" ON "period_balance" ("wallet_id", "period_key") WHERE "next_expiry_at" IS NOT NULL;

-- Every kind that there was stays, so the rows that exist need not be read again: NOT VALID.
ALTER TABLE "entry"
  ADD COLUMN "note" TEXT,
  DROP CONSTRAINT "entry_kind_is_known",
  ADD CONSTRAINT "entry_kind_is_known" CHECK ("kind" IN ('usage', 'overage', 'adjustment', 'top_up', 'expiry', 'transfer_out',
    'transfer_in', 'reset')) NOT VALID;
-- The list of a wallet's entries, newest first; the second is small and finds what is rare among millions of calls.
CREATE INDEX "entry_wallet_id_posted_at_idx" ON "entry" ("wallet_id", "posted_at");
CREATE INDEX "entry_not_calls" ON "entry" ("wallet_id", "posted_at") WHERE "kind" NOT IN ('usage', 'overage');
-- What was posted since the last check: rows lie in the order of their time, so a few bytes per block range find them.
CREATE INDEX "entry_posted_at_brin" ON "entry" USING BRIN ("posted_at");

CREATE TABLE "credit" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "wallet_id" TEXT NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "expires_at" TIMESTAMPTZ(3),
  "remaining" BIGINT NOT NULL,
  "expired" BIGINT NOT NULL DEFAULT 0,
  "reference" TEXT,
  "note" TEXT,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "credit_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "credit_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "credit_is_something" CHECK ("amount" > 0),
  CONSTRAINT "credit_gives_no_more_than_it_is" CHECK ("remaining" >= 0 AND "expired" >= 0 AND "remaining" + "expired" <= "amount")
);
CREATE UNIQUE INDEX "credit_wallet_id_idempotency_key_key" ON "credit" ("wallet_id", "idempotency_key");
CREATE INDEX "credit_wallet_id_id_idx" ON "credit" ("wallet_id", "id");
CREATE INDEX "credit_live" ON "credit" ("wallet_id", "expires_at") WHERE "remaining" > 0 AND "expires_at" IS NOT NULL;

CREATE TABLE "adjustment" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "wallet_id" TEXT NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  "request_id" TEXT,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "adjustment_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "adjustment_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "adjustment_is_something" CHECK ("amount" <> 0)
);
CREATE UNIQUE INDEX "adjustment_wallet_id_idempotency_key_key" ON "adjustment" ("wallet_id", "idempotency_key");

-- What the entries up to `ledger_check.posted_before` sum to, so that a check reads only those since.
CREATE TABLE "ledger_checkpoint" (
  "wallet_id" TEXT NOT NULL,
  "period_key" TEXT NOT NULL,
  "posted" NUMERIC(38, 0) NOT NULL,
  "credited" NUMERIC(38, 0) NOT NULL,
  "refunded" NUMERIC(38, 0) NOT NULL,
  "covered" NUMERIC(38, 0) NOT NULL,
  CONSTRAINT "ledger_checkpoint_pkey" PRIMARY KEY ("wallet_id", "period_key")
);
CREATE TABLE "ledger_check" (
  "id" INTEGER NOT NULL,
  "posted_before" TIMESTAMPTZ(3),
  "checked_at" TIMESTAMPTZ(3),
  "checked_whole_at" TIMESTAMPTZ(3),
  CONSTRAINT "ledger_check_pkey" PRIMARY KEY ("id")
);
INSERT INTO "ledger_check" ("id") VALUES (1);
