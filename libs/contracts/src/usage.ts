import { z } from 'zod';
import { tokenCount } from './fields.js';

/** Disjoint token buckets: no token stands in two of them (the algebra of `@ao/pricing`). */
export const usage = z.object({
  inputTokens: tokenCount.optional().default(0),
  cachedInputTokens: tokenCount.optional().default(0),
  cacheWrite5mTokens: tokenCount.optional().default(0),
  cacheWrite1hTokens: tokenCount.optional().default(0),
  audioInputTokens: tokenCount.optional().default(0),
  imageInputTokens: tokenCount.optional().default(0),
  outputTokens: tokenCount.optional().default(0),
  reasoningTokens: tokenCount.optional().default(0),
  audioOutputTokens: tokenCount.optional().default(0),
  imageOutputTokens: tokenCount.optional().default(0),
});
