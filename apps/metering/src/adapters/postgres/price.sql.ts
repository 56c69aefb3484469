import { priceTier } from '@ao/contracts';
import type { RateName } from '@ao/pricing';
import { z } from 'zod';
import type { PriceEntry } from '../../domain/price.js';
import type { Prisma } from './generated/client.js';

const COLUMN_OF_RATE: Readonly<Record<RateName, string>> = {
  inputPico: 'input_pico',
  outputPico: 'output_pico',
  cachedInputPico: 'cached_input_pico',
  cachedAudioInputPico: 'cached_audio_input_pico',
  cacheWrite5mPico: 'cache_write_5m_pico',
  cacheWrite1hPico: 'cache_write_1h_pico',
  reasoningPico: 'reasoning_pico',
  audioInputPico: 'audio_input_pico',
  audioOutputPico: 'audio_output_pico',
  imageInputPico: 'image_input_pico',
  imageOutputPico: 'image_output_pico',
  perCallPico: 'per_call_pico',
  perInputImagePico: 'per_input_image_pico',
  perOutputImagePico: 'per_output_image_pico',
  perInputSecondPico: 'per_input_second_pico',
  perOutputSecondPico: 'per_output_second_pico',
  perCharacterPico: 'per_character_pico',
  perSearchPico: 'per_search_pico',
  perSearchUnitPico: 'per_search_unit_pico',
  perPagePico: 'per_page_pico',
};

const RATE_COLUMNS = Object.entries(COLUMN_OF_RATE) as [RateName, string][];
const tiersColumn = z.array(priceTier);

/**
 * Adds the rows, in order, with one statement: a table of thousands is imported at once, and Prisma's own way takes seconds
 * for it. A row whose id is taken is left as it is.
 */
export async function insertPrices(prisma: Prisma.TransactionClient, entries: readonly PriceEntry[]): Promise<void> {
  await prisma.$executeRaw`
INSERT INTO price (id, origin, retired, model, provider, effective_from, input_pico, output_pico, cached_input_pico,
  cached_audio_input_pico, cache_write_5m_pico, cache_write_1h_pico, reasoning_pico, audio_input_pico, audio_output_pico,
  image_input_pico, image_output_pico, per_call_pico, per_input_image_pico, per_output_image_pico, per_input_second_pico,
  per_output_second_pico, per_character_pico, per_search_pico, per_search_unit_pico, per_page_pico, tiers, free,
  context_tokens_max, output_tokens_max, source)
SELECT id, origin, retired, model, provider, effective_from, input_pico, output_pico, cached_input_pico,
  cached_audio_input_pico, cache_write_5m_pico, cache_write_1h_pico, reasoning_pico, audio_input_pico, audio_output_pico,
  image_input_pico, image_output_pico, per_call_pico, per_input_image_pico, per_output_image_pico, per_input_second_pico,
  per_output_second_pico, per_character_pico, per_search_pico, per_search_unit_pico, per_page_pico, tiers, free,
  context_tokens_max, output_tokens_max, source
FROM jsonb_populate_recordset(NULL::price, ${JSON.stringify(entries.map(toColumns))}::jsonb)
ON CONFLICT (id) DO NOTHING`;
}

function toColumns(entry: PriceEntry): object {
  const rates = RATE_COLUMNS.map(([rate, column]) => [column, entry[rate]?.toString() ?? null]);
  return {
    id: entry.id,
    origin: entry.origin,
    retired: entry.retired,
    model: entry.model,
    provider: entry.provider,
    effective_from: new Date(entry.effectiveFromMs).toISOString(),
    ...Object.fromEntries(rates),
    tiers: z.encode(tiersColumn, entry.tiers),
    free: entry.free,
    context_tokens_max: entry.contextTokensMax,
    output_tokens_max: entry.outputTokensMax,
    source: entry.source,
  };
}
