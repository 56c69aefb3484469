-- Files that callers store, and batches of calls that are run from them.
CREATE TABLE "file" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "key_id" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "purpose" TEXT,
  "filename" TEXT NOT NULL,
  "bytes" BIGINT NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "file_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "file_status_is_known" CHECK ("status" IN ('uploading', 'processed')),
  CONSTRAINT "file_has_a_purpose_once_it_is_whole" CHECK (("status" = 'processed') = ("purpose" IS NOT NULL))
);
CREATE INDEX "file_org_id_id_idx" ON "file" ("org_id", "id");
CREATE INDEX "file_expires" ON "file" ("expires_at");

CREATE TABLE "file_chunk" (
  "file_id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "content" TEXT NOT NULL,
  CONSTRAINT "file_chunk_pkey" PRIMARY KEY ("file_id", "position"),
  CONSTRAINT "file_chunk_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "file" ("id") ON DELETE CASCADE
);

CREATE TABLE "batch" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "key_id" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "endpoint" TEXT NOT NULL,
  "input_file_id" TEXT NOT NULL,
  "output_file_id" TEXT,
  "error_file_id" TEXT,
  "errors" JSONB,
  "metadata" JSONB,
  "output_expires_after_seconds" INTEGER,
  "sealed_key" TEXT,
  "total" INTEGER NOT NULL DEFAULT 0,
  "completed" INTEGER NOT NULL DEFAULT 0,
  "failed" INTEGER NOT NULL DEFAULT 0,
  "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "run_number" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "in_progress_at" TIMESTAMPTZ(3),
  "finalizing_at" TIMESTAMPTZ(3),
  "completed_at" TIMESTAMPTZ(3),
  "failed_at" TIMESTAMPTZ(3),
  "expired_at" TIMESTAMPTZ(3),
  "cancelling_at" TIMESTAMPTZ(3),
  "cancelled_at" TIMESTAMPTZ(3),
  CONSTRAINT "batch_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "batch_status_is_known" CHECK (
    "status" IN ('validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling', 'cancelled')
  ),
  CONSTRAINT "batch_keeps_no_key_after_its_end" CHECK (
    "sealed_key" IS NULL OR "status" IN ('validating', 'in_progress', 'finalizing', 'cancelling')
  ),
  CONSTRAINT "batch_ends_no_more_lines_than_it_has" CHECK ("completed" + "failed" <= "total")
);
CREATE INDEX "batch_org_id_id_idx" ON "batch" ("org_id", "id");
-- Finds what runners may take.
CREATE INDEX "batch_due" ON "batch" ("due_at") WHERE "status" IN ('validating', 'in_progress', 'finalizing', 'cancelling');

CREATE TABLE "batch_line" (
  "batch_id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "custom_id" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "claimed_by" INTEGER,
  "unsure" BOOLEAN NOT NULL DEFAULT false,
  "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "succeeded" BOOLEAN,
  "outcome" TEXT,
  CONSTRAINT "batch_line_pkey" PRIMARY KEY ("batch_id", "position"),
  CONSTRAINT "batch_line_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batch" ("id") ON DELETE CASCADE,
  CONSTRAINT "batch_line_ends_with_an_outcome" CHECK (("succeeded" IS NULL) = ("outcome" IS NULL))
);
-- Finds the next lines to run.
CREATE INDEX "batch_line_open" ON "batch_line" ("batch_id", "position") WHERE "outcome" IS NULL;
