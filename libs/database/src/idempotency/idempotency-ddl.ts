/**
 * The table behind `IdempotencyTable` and `confirmClaim`. A service copies this into a migration; the model for its
 * `schema.prisma` is in the README of this package.
 */
export const IDEMPOTENCY_DDL = `
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
`;
