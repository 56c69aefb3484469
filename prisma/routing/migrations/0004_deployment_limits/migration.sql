-- What an attempt at a deployment may take, and whether it continues an answer that another one began. Null: as before.
ALTER TABLE "deployment"
  ADD COLUMN "concurrency_max" INTEGER,
  ADD COLUMN "timeout_ms" INTEGER,
  ADD COLUMN "first_token_ms" INTEGER,
  ADD COLUMN "stall_ms" INTEGER,
  ADD COLUMN "continues_answers" BOOLEAN;
