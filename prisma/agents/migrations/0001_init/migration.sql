CREATE TABLE "task" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "key_id" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "query" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "result" TEXT,
  "error" TEXT,
  "sealed_key" TEXT,
  "idempotency_key" TEXT,
  "request_hash" TEXT NOT NULL,
  "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "run_number" INTEGER NOT NULL DEFAULT 0,
  "interruptions" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "started_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  CONSTRAINT "task_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "task_status_is_known" CHECK ("status" IN ('pending', 'running', 'completed', 'failed')),
  CONSTRAINT "task_ends_with_result_or_error" CHECK (
    ("status" = 'completed') = ("result" IS NOT NULL) AND ("status" = 'failed') = ("error" IS NOT NULL)
  ),
  CONSTRAINT "task_ends_at_a_time" CHECK (("status" IN ('completed', 'failed')) = ("finished_at" IS NOT NULL)),
  CONSTRAINT "task_keeps_no_key_after_its_end" CHECK ("sealed_key" IS NULL OR "status" IN ('pending', 'running'))
);
CREATE UNIQUE INDEX "task_org_id_key_id_idempotency_key_key" ON "task" ("org_id", "key_id", "idempotency_key");
CREATE INDEX "task_org_id_id_idx" ON "task" ("org_id", "id");
-- Finds what runners may take.
CREATE INDEX "task_due" ON "task" ("due_at") WHERE "status" IN ('pending', 'running');
-- Counts the open tasks of an organisation.
CREATE INDEX "task_open" ON "task" ("org_id") WHERE "status" IN ('pending', 'running');

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
