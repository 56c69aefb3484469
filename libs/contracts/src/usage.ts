import { z } from 'zod';
import { tokenCount } from './fields.js';

/**
 * What a call consumed: disjoint token buckets, no token stands in two of them, and whole numbers of what is billed
 * otherwise (the algebra of `@ao/pricing`).
 */
export const usage = z.object({
  inputTokens: tokenCount.optional().default(0),
  cachedInputTokens: tokenCount.optional().default(0),
  cachedAudioInputTokens: tokenCount.optional().default(0),
  cacheWrite5mTokens: tokenCount.optional().default(0),
  cacheWrite1hTokens: tokenCount.optional().default(0),
  audioInputTokens: tokenCount.optional().default(0),
  imageInputTokens: tokenCount.optional().default(0),
  outputTokens: tokenCount.optional().default(0),
  reasoningTokens: tokenCount.optional().default(0),
  audioOutputTokens: tokenCount.optional().default(0),
  imageOutputTokens: tokenCount.optional().default(0),
  /** Answered by the provider: what costs a flat amount each. */
  calls: tokenCount.optional().default(0),
  inputImages: tokenCount.optional().default(0),
  outputImages: tokenCount.optional().default(0),
  /** Begun seconds count whole. */
  inputSeconds: tokenCount.optional().default(0),
  outputSeconds: tokenCount.optional().default(0),
  characters: tokenCount.optional().default(0),
  searches: tokenCount.optional().default(0),
  searchUnits: tokenCount.optional().default(0),
  pages: tokenCount.optional().default(0),
});
