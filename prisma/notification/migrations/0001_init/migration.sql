CREATE TABLE "channel" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "alert_types" TEXT[],
  "all_alert_types" BOOLEAN NOT NULL,
  "active" BOOLEAN NOT NULL,
  "sealed_secret" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "channel_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "channel_org_id_id_idx" ON "channel" ("org_id", "id");

CREATE TABLE "alert" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "request_id" TEXT,
  "facts" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_created_at_idx" ON "alert" ("created_at");

CREATE TABLE "delivery" (
  "id" TEXT NOT NULL,
  "org_id" TEXT NOT NULL,
  "alert_id" TEXT NOT NULL,
  "channel_id" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL,
  "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
  "last_error" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "delivered_at" TIMESTAMPTZ(3),
  CONSTRAINT "delivery_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "delivery_status_is_known" CHECK ("status" IN ('pending', 'delivered', 'dead')),
  CONSTRAINT "delivery_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alert" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "delivery_org_id_id_idx" ON "delivery" ("org_id", "id");
CREATE INDEX "delivery_alert_id_idx" ON "delivery" ("alert_id");
-- Finds the oldest delivery that waits for each channel.
CREATE INDEX "delivery_waiting" ON "delivery" ("channel_id", "next_attempt_at", "id") WHERE "status" = 'pending';

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
