-- What transfers brought to and took from the budget of one period; a wallet's own limit stays as it is.
ALTER TABLE "period_balance"
  ADD COLUMN "transferred_in" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "transferred_out" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "period_balance_transferred_is_not_negative" CHECK ("transferred_in" >= 0 AND "transferred_out" >= 0);

CREATE TABLE "transfer" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "from_wallet_id" TEXT NOT NULL,
  "to_wallet_id" TEXT NOT NULL,
  "amount" BIGINT NOT NULL,
  "reason" TEXT,
  "note" TEXT,
  "state" TEXT NOT NULL,
  "requested_by" TEXT NOT NULL,
  "requested_by_user" TEXT,
  "decided_by" TEXT,
  "decision_reason" TEXT,
  "idempotency_key" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "decided_at" TIMESTAMPTZ(3),
  CONSTRAINT "transfer_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "transfer_from_wallet_id_fkey" FOREIGN KEY ("from_wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "transfer_to_wallet_id_fkey" FOREIGN KEY ("to_wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "transfer_moves_something" CHECK ("amount" > 0 AND "from_wallet_id" <> "to_wallet_id"),
  CONSTRAINT "transfer_state_is_known" CHECK ("state" IN ('pending', 'approved', 'rejected', 'expired', 'cancelled')),
  CONSTRAINT "transfer_is_decided_once" CHECK (("state" = 'pending') = ("decided_at" IS NULL))
);
CREATE UNIQUE INDEX "transfer_requested_by_idempotency_key_key" ON "transfer" ("requested_by", "idempotency_key");
CREATE INDEX "transfer_org_id_id_idx" ON "transfer" ("org_id", "id");
CREATE INDEX "transfer_pending" ON "transfer" ("expires_at") WHERE "state" = 'pending';
