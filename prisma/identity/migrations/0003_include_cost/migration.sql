-- Whether every answer to the key says in its body what it cost.
ALTER TABLE "api_key" ADD COLUMN "include_cost" BOOLEAN NOT NULL DEFAULT false;
