import { z } from 'zod';

/** OpenAI's own bounds: an hour to thirty days. */
export const expiresAfter = z.object({
  anchor: z.literal('created_at'),
  seconds: z.coerce.number().int().min(3_600).max(2_592_000),
});
