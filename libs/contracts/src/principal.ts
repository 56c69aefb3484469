import { z } from 'zod';
import { NO_ATTRIBUTION_RULES, attributionRules } from './attribution-rules.js';
import { callPriority, limitMax, modelLimits } from './limit-rule.js';
import { epochMs, id, modelName, name, role } from './fields.js';

/** Whom a key stands for and what it may do: all that the gateway needs to know of a caller. */
export const principal = z.object({
  keyId: id,
  keyName: name,
  /** Prefix and last four, for logs: `sk-ao-****7f3a`. */
  keyMasked: z.string().max(64),
  orgId: id,
  teamId: id.nullable(),
  userId: id.nullable(),
  role,
  /** The wallet that pays; its ancestors pay too. Null: nothing is charged (static and open modes). */
  walletId: id.nullable(),
  /** Model groups that the key may call; null for all. */
  models: z.array(modelName).max(1_000).nullable(),
  requestsPerMinuteMax: z.int().min(1).nullable(),
  tokensPerMinuteMax: z.int().min(1).nullable(),
  concurrencyMax: z.int().min(1).nullable(),
  modelLimits: modelLimits.optional().default([]),
  /** Of each address, and of each session, that calls come from. */
  requestsPerMinutePerAddressMax: limitMax,
  requestsPerMinutePerSessionMax: limitMax,
  priority: callPriority.optional().default('normal'),
  expiresAtMs: epochMs.nullable(),
  /** Every answer says in its body what it cost. */
  includeCost: z.boolean().optional().default(false),
  attribution: attributionRules.optional().default(NO_ATTRIBUTION_RULES),
});
export type Principal = z.output<typeof principal>;

export const principalExample: z.input<typeof principal> = {
  keyId: 'key_1',
  keyName: 'ci',
  keyMasked: 'sk-ao-****7f3a',
  orgId: 'org_1',
  teamId: 'team_1',
  userId: null,
  role: 'member',
  walletId: 'wal_1',
  models: null,
  requestsPerMinuteMax: null,
  tokensPerMinuteMax: null,
  concurrencyMax: null,
  expiresAtMs: null,
};
