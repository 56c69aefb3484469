import type { usage as usageContract } from '@ao/contracts';
import type { z } from 'zod';

/**
 * What a call consumed: tokens in disjoint buckets, each in exactly one, so none is priced twice or never; and quantities
 * that are billed by other units. Counts are whole and not negative.
 */
export type Usage = z.output<typeof usageContract>;

export const INPUT_BUCKETS = [
  'inputTokens',
  'cachedInputTokens',
  'cachedAudioInputTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'audioInputTokens',
  'imageInputTokens',
] as const satisfies readonly (keyof Usage)[];

export const OUTPUT_BUCKETS = [
  'outputTokens',
  'reasoningTokens',
  'audioOutputTokens',
  'imageOutputTokens',
] as const satisfies readonly (keyof Usage)[];

/** Tokens of one kind. */
export type UsageBucket = (typeof INPUT_BUCKETS)[number] | (typeof OUTPUT_BUCKETS)[number];
/** What is counted, but no token. */
export type UsageQuantity = Exclude<keyof Usage, UsageBucket>;

export const USAGE_BUCKETS: readonly UsageBucket[] = [...INPUT_BUCKETS, ...OUTPUT_BUCKETS];

export const USAGE_QUANTITIES = [
  'calls',
  'inputImages',
  'outputImages',
  'inputSeconds',
  'outputSeconds',
  'characters',
  'searches',
  'searchUnits',
  'pages',
] as const satisfies readonly UsageQuantity[];

/** Buckets and quantities. */
export const USAGE_FIELDS: readonly (keyof Usage)[] = [...USAGE_BUCKETS, ...USAGE_QUANTITIES];

/** The most of one kind that we believe: far above any context window, low enough for exact sums. */
export const BUCKET_TOKENS_MAX = 1_000_000_000;

/** Whether a value is a count that can be believed. */
export function isTokenCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= BUCKET_TOKENS_MAX;
}

/**
 * A usage with the given fields filled and the others 0.
 * @throws RangeError when a count is negative, fractional or above a thousand million.
 */
export function usageOf(counts: Partial<Usage>): Usage {
  const usage = { ...NO_USAGE, ...counts };
  const wrong = USAGE_FIELDS.find((field) => !isTokenCount(usage[field]));
  if (wrong) throw new RangeError(`${wrong} must be a whole number from 0 to ${BUCKET_TOKENS_MAX}`);
  return usage;
}

/** The sum of two usages, field by field: several attempts of one request. */
export function addUsage(left: Usage, right: Usage): Usage {
  return mapFields((field) => left[field] + right[field]);
}

/** Whether anything at all was consumed. */
export const isConsumed = (usage: Usage): boolean => USAGE_FIELDS.some((field) => usage[field] > 0);

/** All prompt tokens, cached or not. */
export const inputTokensOf = (usage: Usage): number => total(usage, INPUT_BUCKETS);
/** All generated tokens, shown or not. */
export const outputTokensOf = (usage: Usage): number => total(usage, OUTPUT_BUCKETS);

function total(usage: Usage, buckets: readonly UsageBucket[]): number {
  return buckets.reduce((sum, bucket) => sum + usage[bucket], 0);
}

function mapFields(count: (field: keyof Usage) => number): Usage {
  return Object.fromEntries(USAGE_FIELDS.map((field) => [field, count(field)])) as Usage;
}

export const NO_USAGE: Usage = Object.freeze(mapFields(() => 0));
