import { z } from 'zod';
import { defineSnapshot } from '../define.js';
import { epochMs, id, modelName, picoUsd } from '../fields.js';

/** A price from a date on, in pico-dollars per token. A null bucket costs what its ordinary counterpart costs. */
export const price = z.object({
  id,
  model: modelName,
  /** Null: for this model at any provider. */
  provider: id.nullable().optional().default(null),
  effectiveFromMs: epochMs,
  inputPico: picoUsd,
  outputPico: picoUsd,
  cachedInputPico: picoUsd.nullable().optional().default(null),
  cacheWrite5mPico: picoUsd.nullable().optional().default(null),
  cacheWrite1hPico: picoUsd.nullable().optional().default(null),
  reasoningPico: picoUsd.nullable().optional().default(null),
  audioInputPico: picoUsd.nullable().optional().default(null),
  audioOutputPico: picoUsd.nullable().optional().default(null),
  imageInputPico: picoUsd.nullable().optional().default(null),
  imageOutputPico: picoUsd.nullable().optional().default(null),
  /** A free model is logged and costs 0. */
  free: z.boolean().optional().default(false),
  contextTokensMax: z.int().min(1).nullable().optional().default(null),
  outputTokensMax: z.int().min(1).nullable().optional().default(null),
  /** Where the price comes from: `catalogue`, `config` or `api`; a colon and details may follow. */
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
