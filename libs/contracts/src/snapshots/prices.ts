import { picoUsd as brandPico, type PicoUsd } from '@ao/kernel';
import { z } from 'zod';
import { defineSnapshot } from '../define.js';
import { epochMs, id, modelName, picoUsd, serviceTier, tokenCount } from '../fields.js';

/**
 * `picoUsd.nullable().optional().default(null)` in one step: a price list has tens of thousands of these, most of them null
 * and better left out.
 */
const rate = z.codec(
  z
    .string()
    .regex(/^-?\d{1,30}$/, 'expected an integer as a string')
    .nullish(),
  z.custom<PicoUsd | null>((value) => value == null || typeof value === 'bigint'),
  {
    decode: (text) => (text == null ? null : brandPico(BigInt(text))),
    encode: (pico) => pico?.toString(),
  },
);

/** Null: what the ordinary counterpart costs (cached input what input costs, …). */
const tokenRates = {
  cachedInputPico: rate,
  cachedAudioInputPico: rate,
  cacheWrite5mPico: rate,
  cacheWrite1hPico: rate,
  reasoningPico: rate,
  audioInputPico: rate,
  audioOutputPico: rate,
  imageInputPico: rate,
  imageOutputPico: rate,
};

/** Pico-dollars for one of what is no token. Null: it costs nothing beside its tokens. */
const unitRates = {
  /** Of each call, whatever it consumes. */
  perCallPico: rate,
  perInputImagePico: rate,
  perOutputImagePico: rate,
  /** Of sound that is sent, and of sound or film that comes back. */
  perInputSecondPico: rate,
  perOutputSecondPico: rate,
  perCharacterPico: rate,
  /** Of each web search or the like that the provider makes for the call. */
  perSearchPico: rate,
  /** Cohere's unit of reranking: one query with up to 100 documents. */
  perSearchUnitPico: rate,
  perPagePico: rate,
};

/** What a call costs that is served otherwise, or has a longer prompt, than the base rates are for. A null rate is the base's. */
export const priceTier = z.object({
  /** `priority`, `flex`, `batch`, or as the provider calls it; null: any. */
  serviceTier: serviceTier.nullable().optional().default(null),
  /** Holds for the whole call when its prompt, cached or not, has more tokens than this. */
  promptTokensAbove: tokenCount.optional().default(0),
  inputPico: rate,
  outputPico: rate,
  ...tokenRates,
  ...unitRates,
});
export type PriceTier = z.output<typeof priceTier>;

/** Tiers of one price: above it stands a mistake. */
export const PRICE_TIERS_MAX = 32;

/** A price from a date on, in pico-dollars per token or unit: base rates, and the tiers that differ from them. */
export const price = z.object({
  id,
  model: modelName,
  /** Null: for this model at any provider. */
  provider: id.nullable().optional().default(null),
  effectiveFromMs: epochMs,
  inputPico: picoUsd,
  outputPico: picoUsd,
  ...tokenRates,
  ...unitRates,
  tiers: z.array(priceTier).max(PRICE_TIERS_MAX).optional().default([]),
  /** A free model is logged and costs 0. */
  free: z.boolean().optional().default(false),
  contextTokensMax: z.int().min(1).nullable().optional().default(null),
  outputTokensMax: z.int().min(1).nullable().optional().default(null),
  /** Where the price comes from: `catalogue`, `import`, `config` or `api`; a colon and details may follow. */
  source: z.string().max(200),
});
export type Price = z.output<typeof price>;

export const priceExample: z.input<typeof price> = {
  id: 'prc_1',
  model: 'gpt-4o',
  effectiveFromMs: 1767225600000,
  inputPico: '2500000',
  outputPico: '10000000',
  cachedInputPico: '1250000',
  perSearchPico: '10000000000',
  tiers: [{ serviceTier: 'priority', inputPico: '4250000', outputPico: '17000000' }],
  source: 'catalogue',
};

/**
 * Every price in force or announced, one row for each stretch of time; the reader picks the latest row in force at the
 * time of the call. Which source wins is settled already. A row that is in force more than once bears its id with `~2`,
 * `~3`, … so that ids stay unique.
 */
export const pricesSnapshot = defineSnapshot({
  name: 'snap.metering.prices',
  owner: 'metering',
  value: z.object({ version: z.int().min(0), prices: z.array(price) }),
  example: { version: 1, prices: [priceExample] },
});
