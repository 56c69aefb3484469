-- What is billed by other units than tokens, and what differs by service and length of the prompt.
ALTER TABLE "price"
  ADD COLUMN "cached_audio_input_pico" BIGINT,
  ADD COLUMN "per_call_pico" BIGINT,
  ADD COLUMN "per_input_image_pico" BIGINT,
  ADD COLUMN "per_output_image_pico" BIGINT,
  ADD COLUMN "per_input_second_pico" BIGINT,
  ADD COLUMN "per_output_second_pico" BIGINT,
  ADD COLUMN "per_character_pico" BIGINT,
  ADD COLUMN "per_search_pico" BIGINT,
  ADD COLUMN "per_search_unit_pico" BIGINT,
  ADD COLUMN "per_page_pico" BIGINT,
  ADD COLUMN "tiers" JSONB NOT NULL DEFAULT '[]',
  ADD CONSTRAINT "price_of_units_is_not_negative" CHECK (LEAST("cached_audio_input_pico", "per_call_pico",
    "per_input_image_pico", "per_output_image_pico", "per_input_second_pico", "per_output_second_pico",
    "per_character_pico", "per_search_pico", "per_search_unit_pico", "per_page_pico") >= 0),
  ADD CONSTRAINT "price_tiers_are_a_list" CHECK (jsonb_typeof("tiers") = 'array'),
  -- Imported tables stand between the configuration and the catalogue.
  DROP CONSTRAINT "price_origin_is_known",
  ADD CONSTRAINT "price_origin_is_known" CHECK ("origin" IN ('catalogue', 'import', 'config', 'api'));
