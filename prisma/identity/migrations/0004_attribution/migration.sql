-- What a key lets its callers say of whom a call is for. Keys of before may say anything, as they could.
ALTER TABLE "api_key"
  ADD COLUMN "allowed_tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "any_tag" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "bound_tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "allowed_end_users" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "any_end_user" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "bound_end_user" TEXT;
