-- As it was when the call was made; null for calls of an earlier version, and of wallets without one.
ALTER TABLE "request_log" ADD COLUMN "cost_center" TEXT COLLATE "C";
-- Partial: of the rows that are there, none has to be indexed while the table is locked.
CREATE INDEX "request_log_cost_center" ON "request_log" ("org_id", "cost_center", "started_at", "request_id")
  WHERE "cost_center" IS NOT NULL;
