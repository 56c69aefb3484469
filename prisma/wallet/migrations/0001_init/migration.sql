CREATE TABLE "wallet" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "parent_id" TEXT,
  "path" TEXT[],
  "owner_type" TEXT NOT NULL,
  "owner_id" TEXT NOT NULL,
  "spend_limit" BIGINT,
  "period" TEXT NOT NULL,
  "time_zone" TEXT NOT NULL,
  "overdraft_percent" INTEGER NOT NULL,
  "thresholds_percent" INTEGER[],
  "cost_center" TEXT,
  "active" BOOLEAN NOT NULL,
  "idempotency_key" TEXT,
  "idempotency_fingerprint" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "wallet_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "wallet_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "wallet_path_starts_here" CHECK ("path"[1] = "id" AND "path"[2] IS NOT DISTINCT FROM "parent_id"),
  CONSTRAINT "wallet_path_is_bounded" CHECK (cardinality("path") <= 16),
  CONSTRAINT "wallet_limit_is_not_negative" CHECK ("spend_limit" >= 0),
  CONSTRAINT "wallet_period_is_known" CHECK ("period" IN ('none', 'day', 'week', 'month'))
);
CREATE UNIQUE INDEX "wallet_org_id_idempotency_key_key" ON "wallet" ("org_id", "idempotency_key");
CREATE INDEX "wallet_org_id_id_idx" ON "wallet" ("org_id", "id");
CREATE INDEX "wallet_parent_id_idx" ON "wallet" ("parent_id");
CREATE INDEX "wallet_path_idx" ON "wallet" USING GIN ("path");

CREATE TABLE "period_balance" (
  "wallet_id" TEXT NOT NULL,
  "period_key" TEXT NOT NULL,
  "starts_at" TIMESTAMPTZ(3),
  "ends_at" TIMESTAMPTZ(3),
  "posted" BIGINT NOT NULL DEFAULT 0,
  "held" BIGINT NOT NULL DEFAULT 0,
  "spendable_max" BIGINT,
  CONSTRAINT "period_balance_pkey" PRIMARY KEY ("wallet_id", "period_key"),
  CONSTRAINT "period_balance_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "period_balance_posted_is_not_negative" CHECK ("posted" >= 0),
  CONSTRAINT "period_balance_held_is_not_negative" CHECK ("held" >= 0)
) WITH (fillfactor = 70);

CREATE TABLE "entry" (
  "id" TEXT NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "wallet_id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "period_key" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "debit_account" TEXT NOT NULL,
  "credit_account" TEXT NOT NULL,
  "request_id" TEXT,
  "lease_id" TEXT,
  "posted_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "entry_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "entry_kind_is_known" CHECK ("kind" IN ('usage', 'overage', 'adjustment', 'top_up', 'reset')),
  CONSTRAINT "entry_moves_money_unless_marker" CHECK ("amount" > 0 OR ("kind" = 'reset' AND "amount" = 0)),
  CONSTRAINT "entry_has_two_sides" CHECK ("debit_account" <> "credit_account")
);
CREATE UNIQUE INDEX "entry_idempotency_key_key" ON "entry" ("idempotency_key");

CREATE FUNCTION "refuse_change_of_ledger"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: correct an entry with an adjustment' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "entry_is_append_only" BEFORE UPDATE OR DELETE ON "entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_ledger"();
CREATE TRIGGER "entry_is_never_truncated" BEFORE TRUNCATE ON "entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_ledger"();

CREATE TABLE "lease" (
  "id" TEXT NOT NULL,
  "acquisition_id" TEXT NOT NULL,
  "gateway_id" TEXT NOT NULL,
  "wallet_id" TEXT NOT NULL,
  "period_key" TEXT NOT NULL,
  "granted" BIGINT NOT NULL,
  "used" BIGINT NOT NULL DEFAULT 0,
  "returned" BIGINT NOT NULL DEFAULT 0,
  "return_sequence" INTEGER NOT NULL DEFAULT 0,
  "state" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "lease_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "lease_wallet_id_period_key_fkey" FOREIGN KEY ("wallet_id", "period_key") REFERENCES "period_balance" ("wallet_id", "period_key") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "lease_state_is_known" CHECK ("state" IN ('open', 'closing', 'closed', 'expired')),
  CONSTRAINT "lease_grants_something" CHECK ("granted" > 0),
  CONSTRAINT "lease_gives_no_more_than_granted" CHECK ("used" >= 0 AND "returned" >= 0 AND "used" + "returned" <= "granted")
) WITH (fillfactor = 70);
CREATE INDEX "lease_holding" ON "lease" ("wallet_id", "period_key", "expires_at") WHERE "state" IN ('open', 'closing');
CREATE INDEX "lease_expiring" ON "lease" ("expires_at") WHERE "state" IN ('open', 'closing');
CREATE INDEX "lease_finished" ON "lease" ("expires_at") WHERE "state" IN ('closed', 'expired');

CREATE TABLE "acquisition" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "gateway_id" TEXT NOT NULL,
  "wallet_id" TEXT NOT NULL,
  "answer" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "acquisition_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "acquisition_created_at_idx" ON "acquisition" ("created_at");

CREATE TABLE "threshold_crossing" (
  "wallet_id" TEXT NOT NULL,
  "period_key" TEXT NOT NULL,
  "percent" INTEGER NOT NULL,
  "crossed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "threshold_crossing_pkey" PRIMARY KEY ("wallet_id", "period_key", "percent"),
  CONSTRAINT "threshold_crossing_wallet_id_period_key_fkey" FOREIGN KEY ("wallet_id", "period_key") REFERENCES "period_balance" ("wallet_id", "period_key") ON DELETE RESTRICT ON UPDATE CASCADE
);

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
