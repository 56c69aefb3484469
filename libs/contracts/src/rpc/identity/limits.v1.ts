import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, nextCursor, page, timestamp } from '../../fields.js';
import { limitNumber, limitNumbers, limitRule, limitScope } from '../../limit-rule.js';

export const limitSummary = z.object({ ...limitRule.shape, createdAt: timestamp });
export type LimitSummary = z.output<typeof limitSummary>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const limitExample: z.input<typeof limitSummary> = {
  id: 'lim_1',
  orgId: 'org_1',
  scope: { kind: 'team', id: 'team_1' },
  requestsPerMinuteMax: 60,
  createdAt: '2026-01-01T00:00:00.000Z',
};

/** Sets a limit for whoever is in a scope; of one scope and model there is only one. */
export const createLimitV1 = defineRpc({
  subject: 'rpc.identity.create-limit.v1',
  owner: 'identity',
  request: z.object({
    actor,
    scope: limitScope,
    model: modelName.nullable().optional().default(null),
    ...limitNumbers,
  }),
  response: z.object({ limit: limitSummary }),
  example: {
    request: { actor: actorExample, scope: { kind: 'team', id: 'team_1' }, requestsPerMinuteMax: 60 },
    response: { limit: limitExample },
  },
});

export const listLimitsV1 = defineRpc({
  subject: 'rpc.identity.list-limits.v1',
  owner: 'identity',
  request: z.object({ actor, ...page }),
  response: z.object({ data: z.array(limitSummary), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [limitExample], nextCursor: null } },
});

/** Changes the numbers that are given; null takes one away. */
export const updateLimitV1 = defineRpc({
  subject: 'rpc.identity.update-limit.v1',
  owner: 'identity',
  request: z.object({
    actor,
    limitId: id,
    requestsPerMinuteMax: limitNumber.nullable().optional(),
    tokensPerMinuteMax: limitNumber.nullable().optional(),
    concurrencyMax: limitNumber.nullable().optional(),
  }),
  response: z.object({ limit: limitSummary }),
  example: {
    request: { actor: actorExample, limitId: 'lim_1', requestsPerMinuteMax: 60 },
    response: { limit: limitExample },
  },
});

/** Ends a limit; the answer shows it as it was. */
export const deleteLimitV1 = defineRpc({
  subject: 'rpc.identity.delete-limit.v1',
  owner: 'identity',
  request: z.object({ actor, limitId: id }),
  response: z.object({ limit: limitSummary }),
  example: { request: { actor: actorExample, limitId: 'lim_1' }, response: { limit: limitExample } },
});
