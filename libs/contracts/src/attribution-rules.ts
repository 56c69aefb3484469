import { z } from 'zod';
import { tag } from './fields.js';

const endUser = z.string().min(1).max(256);

/** What a key lets its callers say of whom a call is for. */
export const attributionRules = z.object({
  /** Tags that a call may name; null for any. */
  allowedTags: z.array(tag).max(1_000).nullable(),
  /** Tags of every call, whatever it says. */
  boundTags: z.array(tag).max(20),
  /** End users that a call may name; null for any. */
  allowedEndUsers: z.array(endUser).max(1_000).nullable(),
  /** The end user of every call; null: whom the call names. */
  boundEndUser: endUser.nullable(),
});
export type AttributionRules = z.output<typeof attributionRules>;

/** Of a key that sets no rules. */
export const NO_ATTRIBUTION_RULES: AttributionRules = {
  allowedTags: null,
  boundTags: [],
  allowedEndUsers: null,
  boundEndUser: null,
};
