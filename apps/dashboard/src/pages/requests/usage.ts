import type { Usage } from '../../api/types.js';

/** The buckets in the order in which they are shown: what went in, then what came out. */
const INPUT_BUCKETS = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write5m_tokens',
  'cache_write1h_tokens',
  'audio_input_tokens',
  'image_input_tokens',
] as const satisfies readonly (keyof Usage)[];
const OUTPUT_BUCKETS = [
  'output_tokens',
  'reasoning_tokens',
  'audio_output_tokens',
  'image_output_tokens',
] as const satisfies readonly (keyof Usage)[];

const sumOf = (usage: Partial<Usage>, buckets: readonly (keyof Usage)[]): number =>
  buckets.reduce((sum, bucket) => sum + (usage[bucket] ?? 0), 0);

/** All tokens that went in; the buckets are disjoint, so the sum counts each once. */
export const inputTokensOf = (usage: Partial<Usage>): number => sumOf(usage, INPUT_BUCKETS);
export const outputTokensOf = (usage: Partial<Usage>): number => sumOf(usage, OUTPUT_BUCKETS);

/** The buckets that hold anything. */
export function filledBuckets(usage: Partial<Usage>): { bucket: keyof Usage; tokens: number }[] {
  return [...INPUT_BUCKETS, ...OUTPUT_BUCKETS].flatMap((bucket) => {
    const tokens = usage[bucket] ?? 0;
    return tokens > 0 ? [{ bucket, tokens }] : [];
  });
}
