import { z } from 'zod';
import { id } from './fields.js';

/** What a budget can be bound to, beside the wallet of the key. */
export const SCOPE_DIMENSIONS = ['team', 'user', 'key', 'model', 'provider', 'end_user', 'tag', 'session'] as const;
export type ScopeDimension = (typeof SCOPE_DIMENSIONS)[number];

/** In a scope: every value has a budget of its own. */
export const EACH = '*';

const scopeValue = z.string().min(1).max(256);

/**
 * Which calls of an organisation a budget is charged for: those that meet every condition given, so `{}` means all.
 * `*` makes it a template: each value (`end_user`) or combination (`key` × `model`) gets a budget of its own with the same
 * settings, made at its first call.
 */
export const budgetScope = z.partialRecord(z.enum(SCOPE_DIMENSIONS), scopeValue);
export type BudgetScope = z.output<typeof budgetScope>;

/**
 * A budget that applies to a call. `values`: for a template, what the call has in each of its `*` dimensions, in the order
 * of `SCOPE_DIMENSIONS`.
 */
export const budgetClaim = z.object({
  walletId: id,
  values: z.array(scopeValue).max(SCOPE_DIMENSIONS.length).optional().default([]),
});
export type BudgetClaim = z.output<typeof budgetClaim>;
