-- Responses of POST /v1/responses, kept for their callers until they expire.
CREATE TABLE "response" (
  "org_id" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "key_id" TEXT NOT NULL,
  "team_id" TEXT,
  "user_id" TEXT,
  "model" TEXT NOT NULL,
  "provider_id" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "bytes" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "response_pkey" PRIMARY KEY ("org_id", "id"),
  CONSTRAINT "response_has_a_size" CHECK ("bytes" > 0)
);
-- Sums what an organisation keeps, without reading it.
CREATE INDEX "response_size" ON "response" ("org_id", "bytes");
-- Finds what has expired.
CREATE INDEX "response_expires_at_idx" ON "response" ("expires_at");
