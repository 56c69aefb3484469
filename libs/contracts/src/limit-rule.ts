import { z } from 'zod';
import { id, modelName } from './fields.js';

/** What a limit can be set for, beside the key's own. */
export const LIMIT_SCOPE_KINDS = ['organisation', 'team', 'user', 'key', 'end_user', 'ip', 'tag'] as const;
export type LimitScopeKind = (typeof LIMIT_SCOPE_KINDS)[number];

/**
 * Whose calls a limit counts. `id` null: each team, user, key … has the limit for itself, but those with a limit of their own;
 * of an organisation there is only the one.
 */
export const limitScope = z.object({
  kind: z.enum(LIMIT_SCOPE_KINDS),
  id: z.string().min(1).max(256).nullable().optional().default(null),
});
export type LimitScope = z.output<typeof limitScope>;

export const limitNumber = z.int().min(1).max(1_000_000_000_000);
/** A number that callers may not pass; null for none. */
export const limitMax = limitNumber.nullable().optional().default(null);

/** At least one of the three is set. */
export const limitNumbers = {
  requestsPerMinuteMax: limitMax,
  tokensPerMinuteMax: limitMax,
  concurrencyMax: limitMax,
};

/** A limit that applies to every call within its scope, beside those of the key. */
export const limitRule = z.object({
  id,
  orgId: id,
  scope: limitScope,
  /** Of calls on this model group only; null: on any. */
  model: modelName.nullable().optional().default(null),
  ...limitNumbers,
});
export type LimitRule = z.output<typeof limitRule>;

/** The limits of a key on single model groups. */
export const modelLimits = z
  .array(z.object({ model: modelName, requestsPerMinuteMax: limitMax, tokensPerMinuteMax: limitMax }))
  .max(3_000);
export type ModelLimit = z.output<typeof modelLimits>[number];

/** Whose calls wait first when a limit that many share runs short. */
export const callPriority = z.enum(['low', 'normal', 'high']);
export type CallPriority = z.output<typeof callPriority>;
