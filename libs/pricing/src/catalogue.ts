import { readdirSync, readFileSync } from 'node:fs';
import { AppError, parseUsdPerMillionTokens, parseUsdPerUnit } from '@ao/kernel';
import { PRICE_TIERS_MAX, serviceTier } from '@ao/contracts';
import { z } from 'zod';
import type { PriceRow, RateName } from './rates.js';

/** Dollars per million tokens as a decimal string: a JSON number would already be a float. */
const usdPerMillion = z
  .string()
  .regex(/^\d{1,9}(?:\.\d{1,6})?$/, 'expected dollars per million tokens as a decimal string with at most 6 places')
  .transform(parseUsdPerMillionTokens);
const usdPerUnit = z
  .string()
  .regex(/^\d{1,6}(?:\.\d{1,12})?$/, 'expected dollars as a decimal string with at most 12 places')
  .transform(parseUsdPerUnit);
const tokenRate = usdPerMillion.nullable().default(null);
const unitRate = usdPerUnit.nullable().default(null);
const tokens = z.int().min(1).nullable().default(null);

const optionalRates = {
  cached_input_usd: tokenRate,
  cached_audio_input_usd: tokenRate,
  cache_write_5m_usd: tokenRate,
  cache_write_1h_usd: tokenRate,
  reasoning_usd: tokenRate,
  audio_input_usd: tokenRate,
  audio_output_usd: tokenRate,
  image_input_usd: tokenRate,
  image_output_usd: tokenRate,
  per_call_usd: unitRate,
  per_input_image_usd: unitRate,
  per_output_image_usd: unitRate,
  per_input_second_usd: unitRate,
  per_output_second_usd: unitRate,
  per_character_usd: unitRate,
  per_search_usd: unitRate,
  per_search_unit_usd: unitRate,
  per_page_usd: unitRate,
};

const catalogueTier = z.strictObject({
  service_tier: serviceTier.nullable().default(null),
  prompt_tokens_above: z.int().min(0).default(0),
  input_usd: tokenRate,
  output_usd: tokenRate,
  ...optionalRates,
});

const catalogueEntry = z.strictObject({
  model: z.string().min(1).max(256),
  /** Other names at the same price, such as dated snapshots. */
  aliases: z.array(z.string().min(1).max(256)).max(50).default([]),
  /** Absent: that of the file. */
  effective_from: z.iso.date().optional(),
  input_usd: usdPerMillion.default(parseUsdPerMillionTokens('0')),
  output_usd: usdPerMillion.default(parseUsdPerMillionTokens('0')),
  ...optionalRates,
  tiers: z.array(catalogueTier).max(PRICE_TIERS_MAX).default([]),
  free: z.boolean().default(false),
  context_tokens_max: tokens,
  output_tokens_max: tokens,
});

const catalogue = z.strictObject({
  /** Null: the prices hold at any provider. */
  provider: z.string().min(1).max(128).nullable(),
  source: z.string().min(1).max(150),
  source_date: z.iso.date(),
  /** Of entries that name no date: since when nothing else can have been charged. */
  effective_from: z.iso.date().default('2020-01-01'),
  prices: z.array(catalogueEntry).max(10_000),
});

/**
 * Price rows from a catalogue file: tokens in dollars per million, units in dollars, dates in UTC. A row's id is made of what it
 * prices and from when, so it stays the same across restarts.
 * @throws AppError `invalid_parameter` that names every field at fault.
 */
export function parseCatalogue(json: unknown): PriceRow[] {
  const parsed = catalogue.safeParse(json);
  if (!parsed.success) {
    throw new AppError('invalid_parameter', `The price catalogue is malformed:\n${z.prettifyError(parsed.error)}`);
  }
  const { provider, source, source_date: sourceDate, effective_from: defaultDate, prices } = parsed.data;
  return prices.flatMap(({ model, aliases, ...entry }) => {
    const from = entry.effective_from ?? defaultDate;
    return [model, ...aliases].map((name) => ({
      id: `catalogue:${provider ?? '*'}/${name}@${from}`,
      model: name,
      provider,
      effectiveFromMs: Date.parse(from),
      source: `${source}, ${sourceDate}`,
      ...ratesOf(entry),
      inputPico: entry.input_usd,
      outputPico: entry.output_usd,
      tiers: entry.tiers.map((tier) => ({
        serviceTier: tier.service_tier,
        promptTokensAbove: tier.prompt_tokens_above,
        ...ratesOf(tier),
        inputPico: tier.input_usd,
        outputPico: tier.output_usd,
      })),
      free: entry.free,
      contextTokensMax: entry.context_tokens_max,
      outputTokensMax: entry.output_tokens_max,
    }));
  });
}

type OptionalRates = Pick<PriceRow, Exclude<RateName, 'inputPico' | 'outputPico'>>;

function ratesOf(entry: z.output<z.ZodObject<typeof optionalRates>>): OptionalRates {
  return {
    cachedInputPico: entry.cached_input_usd,
    cachedAudioInputPico: entry.cached_audio_input_usd,
    cacheWrite5mPico: entry.cache_write_5m_usd,
    cacheWrite1hPico: entry.cache_write_1h_usd,
    reasoningPico: entry.reasoning_usd,
    audioInputPico: entry.audio_input_usd,
    audioOutputPico: entry.audio_output_usd,
    imageInputPico: entry.image_input_usd,
    imageOutputPico: entry.image_output_usd,
    perCallPico: entry.per_call_usd,
    perInputImagePico: entry.per_input_image_usd,
    perOutputImagePico: entry.per_output_image_usd,
    perInputSecondPico: entry.per_input_second_usd,
    perOutputSecondPico: entry.per_output_second_usd,
    perCharacterPico: entry.per_character_usd,
    perSearchPico: entry.per_search_usd,
    perSearchUnitPico: entry.per_search_unit_usd,
    perPagePico: entry.per_page_usd,
  };
}

const BUNDLED_FOLDER = new URL('../catalogue/', import.meta.url);

/** The prices that ship with the platform: the providers' list prices, and the demo provider's. Reads the files at each call. */
export function bundledPrices(): PriceRow[] {
  const files = readdirSync(BUNDLED_FOLDER).filter((name) => name.endsWith('.json'));
  return files
    .sort()
    .flatMap((file) => parseCatalogue(JSON.parse(readFileSync(new URL(file, BUNDLED_FOLDER), 'utf8'))));
}
