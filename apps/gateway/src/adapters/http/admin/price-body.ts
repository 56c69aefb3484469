import type { CallOf, Price, createPriceV1 } from '@ao/contracts';
import { PRICE_TIERS_MAX, serviceTier } from '@ao/contracts';
import { formatUsdPerMillionTokens, formatUsdPerUnit } from '@ao/kernel';
import type { RateName } from '@ao/pricing';
import { z } from 'zod';
import { pricePerMillionField, pricePerUnitField } from './fields.js';

/** The fields of a price, and of each of its tiers. */
const FIELD_OF_RATE: Readonly<Record<RateName, string>> = {
  inputPico: 'input_usd_per_million',
  outputPico: 'output_usd_per_million',
  cachedInputPico: 'cached_input_usd_per_million',
  cachedAudioInputPico: 'cached_audio_input_usd_per_million',
  cacheWrite5mPico: 'cache_write_5m_usd_per_million',
  cacheWrite1hPico: 'cache_write_1h_usd_per_million',
  reasoningPico: 'reasoning_usd_per_million',
  audioInputPico: 'audio_input_usd_per_million',
  audioOutputPico: 'audio_output_usd_per_million',
  imageInputPico: 'image_input_usd_per_million',
  imageOutputPico: 'image_output_usd_per_million',
  perCallPico: 'per_call_usd',
  perInputImagePico: 'per_input_image_usd',
  perOutputImagePico: 'per_output_image_usd',
  perInputSecondPico: 'per_input_second_usd',
  perOutputSecondPico: 'per_output_second_usd',
  perCharacterPico: 'per_character_usd',
  perSearchPico: 'per_search_usd',
  perSearchUnitPico: 'per_search_unit_usd',
  perPagePico: 'per_page_usd',
};

const FIELDS = Object.entries(FIELD_OF_RATE) as [RateName, string][];
const isPerUnit = (rate: RateName): boolean => rate.startsWith('per');

type Rates = Pick<Price, RateName>;

const rateShape = Object.fromEntries(
  FIELDS.map(([rate, field]) => [field, (isPerUnit(rate) ? pricePerUnitField : pricePerMillionField).nullish()]),
);

const tierBody = z.object({
  ...rateShape,
  service_tier: serviceTier.nullable().default(null),
  prompt_tokens_above: z.int().min(0).max(1_000_000_000).default(0),
});

/** The body of `POST /v1/prices`: whatever is left out is not billed, or as the ordinary kind of token is. */
export const priceBody = z.object({
  ...rateShape,
  model: z.string().min(1).max(256),
  provider: z.string().min(1).max(128).nullable().default(null),
  tiers: z.array(tierBody).max(PRICE_TIERS_MAX).default([]),
  free: z.boolean().default(false),
  context_tokens_max: z.int().min(1).nullable().default(null),
  output_tokens_max: z.int().min(1).nullable().default(null),
  effective_from: z.iso.datetime({ offset: true }).optional(),
});

/** What the body asks `metering` for, but for who asks. */
export function fromPriceBody(body: z.output<typeof priceBody>): Omit<CallOf<typeof createPriceV1>, 'actor'> {
  const rates = ratesOf(body);
  return {
    ...rates,
    inputPico: rates.inputPico ?? NOTHING,
    outputPico: rates.outputPico ?? NOTHING,
    model: body.model,
    provider: body.provider,
    tiers: body.tiers.map((tier) => ({
      ...ratesOf(tier),
      serviceTier: tier.service_tier,
      promptTokensAbove: tier.prompt_tokens_above,
    })),
    free: body.free,
    contextTokensMax: body.context_tokens_max,
    outputTokensMax: body.output_tokens_max,
    ...(body.effective_from !== undefined && { effectiveFromMs: Date.parse(body.effective_from) }),
  };
}

const NOTHING = 0n as Price['inputPico'];

function ratesOf(body: Readonly<Record<string, unknown>>): Rates {
  return Object.fromEntries(FIELDS.map(([rate, field]) => [rate, body[field] ?? null])) as unknown as Rates;
}

export const toPriceBody = (price: Price): object => ({
  id: price.id,
  model: price.model,
  provider: price.provider,
  effective_from: new Date(price.effectiveFromMs).toISOString(),
  ...toRateFields(price),
  tiers: price.tiers.map((tier) => ({
    service_tier: tier.serviceTier,
    prompt_tokens_above: tier.promptTokensAbove,
    // Null is the base's rate here: naming it would only hide what differs.
    ...Object.fromEntries(Object.entries(toRateFields(tier)).filter(([, rate]) => rate !== null)),
  })),
  free: price.free,
  context_tokens_max: price.contextTokensMax,
  output_tokens_max: price.outputTokensMax,
  source: price.source,
});

function toRateFields(rates: Record<RateName, Price[RateName] | null>): Record<string, string | null> {
  return Object.fromEntries(
    FIELDS.map(([name, field]) => {
      const rate = rates[name];
      if (rate === null) return [field, null];
      return [field, isPerUnit(name) ? formatUsdPerUnit(rate) : formatUsdPerMillionTokens(rate)];
    }),
  );
}
