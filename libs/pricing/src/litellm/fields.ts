import type { RateName } from '../rates.js';

/** What a price field of LiteLLM's table says: of which rate, for which calls. */
export interface PriceField {
  rate: RateName;
  serviceTier: string | null;
  promptTokensAbove: number;
}

/** The first field of a rate that an entry has counts. */
const FIELDS_OF_RATE = {
  inputPico: ['input_cost_per_token'],
  outputPico: ['output_cost_per_token'],
  cachedInputPico: ['cache_read_input_token_cost', 'input_cost_per_token_cache_hit'],
  // For realtime models the table gives the price of cached sound as one of writing it.
  cachedAudioInputPico: ['cache_read_input_audio_token_cost', 'cache_creation_input_audio_token_cost'],
  cacheWrite5mPico: ['cache_creation_input_token_cost'],
  cacheWrite1hPico: ['cache_creation_input_token_cost_above_1hr'],
  reasoningPico: ['output_cost_per_reasoning_token'],
  audioInputPico: ['input_cost_per_audio_token'],
  audioOutputPico: ['output_cost_per_audio_token'],
  imageInputPico: ['input_cost_per_image_token'],
  imageOutputPico: ['output_cost_per_image_token'],
  perCallPico: ['input_cost_per_request'],
  perInputImagePico: ['input_cost_per_image'],
  perOutputImagePico: ['output_cost_per_image'],
  perInputSecondPico: ['input_cost_per_second', 'input_cost_per_audio_per_second'],
  perOutputSecondPico: ['output_cost_per_second', 'output_cost_per_video_per_second'],
  perCharacterPico: ['input_cost_per_character'],
  perSearchPico: [],
  perSearchUnitPico: ['input_cost_per_query'],
  perPagePico: ['ocr_cost_per_page'],
} as const satisfies Record<RateName, readonly string[]>;

const RATE_OF_FIELD = new Map(
  (Object.entries(FIELDS_OF_RATE) as [RateName, readonly string[]][]).flatMap(([rate, fields]) =>
    fields.map((field, index) => [field, { rate, isFirst: index === 0 }] as const),
  ),
);

const VARIANT = /^(.+?)(?:_above_(\d{1,5})k_tokens)?(?:_(priority|flex|batches))?$/;
const TOKENS_PER_K = 1_000;

/** The meaning of a field's name; null when it is no price that we bill by. */
export function parseField(name: string): (PriceField & { isFirst: boolean }) | null {
  const match = VARIANT.exec(name);
  const known = match && RATE_OF_FIELD.get(match[1]!);
  if (!known) return null;
  const [, , thousands = '0', service] = match;
  return {
    ...known,
    serviceTier: service === 'batches' ? 'batch' : (service ?? null),
    promptTokensAbove: Number(thousands) * TOKENS_PER_K,
  };
}

/** Whether a name is that of a price at all. */
export const isPriceField = (name: string): boolean => /(?:^|_)cost(?:_|$)/.test(name) || name === 'tiered_pricing';
