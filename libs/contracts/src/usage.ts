import { z } from 'zod';
import { tokenCount } from './fields.js';

/** Disjoint token buckets: no token stands in two of them (the algebra of `@ao/pricing`). */
export const usage = z.object({
  inputTokens: tokenCount.default(0),
  cachedInputTokens: tokenCount.default(0),
  cacheWrite5mTokens: tokenCount.default(0),
  cacheWrite1hTokens: tokenCount.default(0),
  audioInputTokens: tokenCount.default(0),
  imageInputTokens: tokenCount.default(0),
  outputTokens: tokenCount.default(0),
  reasoningTokens: tokenCount.default(0),
  audioOutputTokens: tokenCount.default(0),
  imageOutputTokens: tokenCount.default(0),
});
