-- What became of requests that came with an Idempotency-Key, for a day: see libs/database/README.md.
CREATE TABLE "idempotency" (
  "org_id" TEXT NOT NULL,
  "actor_id" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "holder" TEXT NOT NULL,
  "changed" BOOLEAN NOT NULL DEFAULT false,
  "reply" TEXT,
  "claimed_at" TIMESTAMPTZ(3) NOT NULL,
  "lease_ends_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "idempotency_pkey" PRIMARY KEY ("org_id", "actor_id", "key")
);
CREATE INDEX "idempotency_claimed" ON "idempotency" ("claimed_at");
