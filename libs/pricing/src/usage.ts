import type { usage as usageContract } from '@ao/contracts';
import type { z } from 'zod';

/**
 * What a call consumed, in disjoint buckets: a token stands in exactly one, so none is priced twice or never. Counts are
 * whole and not negative.
 */
export type Usage = z.output<typeof usageContract>;
export type UsageBucket = keyof Usage;

export const INPUT_BUCKETS = [
  'inputTokens',
  'cachedInputTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'audioInputTokens',
  'imageInputTokens',
] as const satisfies readonly UsageBucket[];

export const OUTPUT_BUCKETS = [
  'outputTokens',
  'reasoningTokens',
  'audioOutputTokens',
  'imageOutputTokens',
] as const satisfies readonly UsageBucket[];

export const USAGE_BUCKETS: readonly UsageBucket[] = [...INPUT_BUCKETS, ...OUTPUT_BUCKETS];

/** The most tokens of one bucket that we believe: far above any context window, low enough for exact sums. */
export const BUCKET_TOKENS_MAX = 1_000_000_000;

/** Whether a value is a token count that can be believed. */
export function isTokenCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= BUCKET_TOKENS_MAX;
}

/**
 * A usage with the given buckets filled and the others 0.
 * @throws RangeError when a count is negative, fractional or above a thousand million.
 */
export function usageOf(buckets: Partial<Usage>): Usage {
  const usage = { ...NO_USAGE, ...buckets };
  const wrong = USAGE_BUCKETS.find((bucket) => !isTokenCount(usage[bucket]));
  if (wrong) throw new RangeError(`${wrong} must be a whole number from 0 to ${BUCKET_TOKENS_MAX}`);
  return usage;
}

/** The sum of two usages, bucket by bucket: several attempts of one request. */
export function addUsage(left: Usage, right: Usage): Usage {
  return mapBuckets((bucket) => left[bucket] + right[bucket]);
}

/** All prompt tokens, cached or not. */
export const inputTokensOf = (usage: Usage): number => total(usage, INPUT_BUCKETS);
/** All generated tokens, shown or not. */
export const outputTokensOf = (usage: Usage): number => total(usage, OUTPUT_BUCKETS);

function total(usage: Usage, buckets: readonly UsageBucket[]): number {
  return buckets.reduce((sum, bucket) => sum + usage[bucket], 0);
}

function mapBuckets(count: (bucket: UsageBucket) => number): Usage {
  return Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, count(bucket)])) as Usage;
}

export const NO_USAGE: Usage = Object.freeze(mapBuckets(() => 0));
