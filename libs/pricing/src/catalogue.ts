import { readFileSync } from 'node:fs';
import { AppError, parseUsdPerMillionTokens } from '@ao/kernel';
import { z } from 'zod';
import type { PriceRow } from './rates.js';

/** Dollars per million tokens as a decimal string: a JSON number would already be a float. */
const usdPerMillion = z
  .string()
  .regex(/^\d{1,9}(?:\.\d{1,6})?$/, 'expected dollars per million tokens as a decimal string with at most 6 places')
  .transform(parseUsdPerMillionTokens);
const optionalRate = usdPerMillion.nullable().default(null);
const tokens = z.int().min(1).nullable().default(null);

const catalogueEntry = z.strictObject({
  model: z.string().min(1).max(256),
  /** Other names at the same price, such as dated snapshots. */
  aliases: z.array(z.string().min(1).max(256)).max(50).default([]),
  effective_from: z.iso.date(),
  input_usd: usdPerMillion,
  output_usd: usdPerMillion,
  cached_input_usd: optionalRate,
  cache_write_5m_usd: optionalRate,
  cache_write_1h_usd: optionalRate,
  reasoning_usd: optionalRate,
  audio_input_usd: optionalRate,
  audio_output_usd: optionalRate,
  image_input_usd: optionalRate,
  image_output_usd: optionalRate,
  free: z.boolean().default(false),
  context_tokens_max: tokens,
  output_tokens_max: tokens,
});

const catalogue = z.strictObject({
  /** Null: the prices hold at any provider. */
  provider: z.string().min(1).max(128).nullable(),
  source: z.string().min(1).max(150),
  source_date: z.iso.date(),
  prices: z.array(catalogueEntry).max(10_000),
});

/**
 * Price rows from a catalogue file: money in dollars per million tokens, dates in UTC. A row's id is made of what it
 * prices and from when, so it stays the same across restarts.
 * @throws AppError `invalid_parameter` that names every field at fault.
 */
export function parseCatalogue(json: unknown): PriceRow[] {
  const parsed = catalogue.safeParse(json);
  if (!parsed.success) {
    throw new AppError('invalid_parameter', `The price catalogue is malformed:\n${z.prettifyError(parsed.error)}`);
  }
  const { provider, source, source_date: sourceDate, prices } = parsed.data;
  return prices.flatMap(({ model, aliases, ...entry }) =>
    [model, ...aliases].map((name) => ({
      id: `catalogue:${provider ?? '*'}/${name}@${entry.effective_from}`,
      model: name,
      provider,
      effectiveFromMs: Date.parse(entry.effective_from),
      source: `${source}, ${sourceDate}`,
      ...ratesOf(entry),
    })),
  );
}

function ratesOf(entry: Omit<z.output<typeof catalogueEntry>, 'model' | 'aliases'>) {
  return {
    inputPico: entry.input_usd,
    outputPico: entry.output_usd,
    cachedInputPico: entry.cached_input_usd,
    cacheWrite5mPico: entry.cache_write_5m_usd,
    cacheWrite1hPico: entry.cache_write_1h_usd,
    reasoningPico: entry.reasoning_usd,
    audioInputPico: entry.audio_input_usd,
    audioOutputPico: entry.audio_output_usd,
    imageInputPico: entry.image_input_usd,
    imageOutputPico: entry.image_output_usd,
    free: entry.free,
    contextTokensMax: entry.context_tokens_max,
    outputTokensMax: entry.output_tokens_max,
  };
}

const BUNDLED_FILES = ['openai.json', 'demo.json'];

/** The prices that ship with the platform: OpenAI's list prices and the demo provider's. Reads the files at each call. */
export function bundledPrices(): PriceRow[] {
  return BUNDLED_FILES.flatMap((file) => {
    const text = readFileSync(new URL(`../catalogue/${file}`, import.meta.url), 'utf8');
    return parseCatalogue(JSON.parse(text));
  });
}
