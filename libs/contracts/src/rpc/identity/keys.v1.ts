import { z } from 'zod';
import { NO_ATTRIBUTION_RULES, attributionRules } from '../../attribution-rules.js';
import { defineRpc } from '../../define.js';
import { callPriority, modelLimits } from '../../limit-rule.js';
import { actor, epochMs, id, modelName, name, nextCursor, page, role, timestamp } from '../../fields.js';
import { modelBudget } from '../../model-budget.js';

export const keySummary = z.object({
  id,
  name,
  masked: z.string(),
  orgId: id,
  teamId: id.nullable(),
  userId: id.nullable(),
  role,
  walletId: id.nullable(),
  models: z.array(modelName).nullable(),
  requestsPerMinuteMax: z.int().nullable(),
  tokensPerMinuteMax: z.int().nullable(),
  concurrencyMax: z.int().nullable(),
  modelLimits: modelLimits.optional().default([]),
  priority: callPriority.optional().default('normal'),
  expiresAtMs: epochMs.nullable(),
  includeCost: z.boolean().optional().default(false),
  attribution: attributionRules.optional().default(NO_ATTRIBUTION_RULES),
  revokedAt: timestamp.nullable(),
  createdAt: timestamp,
});
export type KeySummary = z.output<typeof keySummary>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const keyExample: z.input<typeof keySummary> = {
  id: 'key_2',
  name: 'ci',
  masked: 'sk-ao-****7f3a',
  orgId: 'org_1',
  teamId: null,
  userId: null,
  role: 'member',
  walletId: 'wal_1',
  models: null,
  requestsPerMinuteMax: null,
  tokensPerMinuteMax: null,
  concurrencyMax: null,
  expiresAtMs: null,
  revokedAt: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

/** Issues a key. The answer is the only place where the key itself ever appears. */
export const createKeyV1 = defineRpc({
  subject: 'rpc.identity.create-key.v1',
  owner: 'identity',
  request: z.object({
    actor,
    name,
    role: role.optional().default('member'),
    teamId: id.nullable().optional().default(null),
    userId: id.nullable().optional().default(null),
    /** Absent: the team's wallet, else the organisation's. */
    walletId: id.nullable().optional().default(null),
    models: z.array(modelName).max(1_000).nullable().optional().default(null),
    requestsPerMinuteMax: z.int().min(1).nullable().optional().default(null),
    tokensPerMinuteMax: z.int().min(1).nullable().optional().default(null),
    concurrencyMax: z.int().min(1).nullable().optional().default(null),
    modelLimits: modelLimits.optional().default([]),
    priority: callPriority.optional().default('normal'),
    expiresAtMs: epochMs.nullable().optional().default(null),
    includeCost: z.boolean().optional().default(false),
    attribution: attributionRules.optional().default(NO_ATTRIBUTION_RULES),
    modelBudgets: z.array(modelBudget).max(50).optional().default([]),
  }),
  response: z.object({ key: keySummary, secret: z.string() }),
  example: { request: { actor: actorExample, name: 'ci' }, response: { key: keyExample, secret: 'sk-ao-example' } },
});

export const listKeysV1 = defineRpc({
  subject: 'rpc.identity.list-keys.v1',
  owner: 'identity',
  request: z.object({ actor, ...page }),
  response: z.object({ data: z.array(keySummary), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [keyExample], nextCursor: null } },
});

/** Revokes for good; a second call changes nothing. */
export const revokeKeyV1 = defineRpc({
  subject: 'rpc.identity.revoke-key.v1',
  owner: 'identity',
  request: z.object({ actor, keyId: id }),
  response: z.object({ key: keySummary }),
  example: { request: { actor: actorExample, keyId: 'key_2' }, response: { key: keyExample } },
});
