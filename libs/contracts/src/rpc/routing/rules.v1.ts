import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, nextCursor, page, timestamp } from '../../fields.js';
import { routingRule } from '../../routing-rules.js';

/** A rule as its administrators see it. */
export const ownedRule = z.object({
  ...routingRule.shape,
  orgId: id,
  /** The experiment whose winner it sends calls to; null: an administrator made it. */
  experimentId: id.nullable().optional().default(null),
  createdAt: timestamp,
});
export type OwnedRule = z.output<typeof ownedRule>;

const { id: _id, orgId: _orgId, teamId, enabled, ...required } = routingRule.shape;
const settable = { ...required, teamId, enabled };

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const settingsExample = {
  name: 'long prompts to the large context',
  priority: 10,
  conditions: [{ field: 'estimated_tokens' as const, operator: 'gt' as const, value: 100_000 }],
  action: { type: 'route' as const, model: 'long-context' },
};
const ruleExample: z.input<typeof ownedRule> = {
  id: 'rul_1',
  orgId: 'org_1',
  createdAt: '2026-01-01T00:00:00.000Z',
  ...settingsExample,
};

export const createRuleV1 = defineRpc({
  subject: 'rpc.routing.create-rule.v1',
  owner: 'routing',
  request: z.object({ actor, ...settable }),
  response: z.object({ rule: ownedRule }),
  example: { request: { actor: actorExample, ...settingsExample }, response: { rule: ruleExample } },
});

/** In the order in which they are asked. */
export const listRulesV1 = defineRpc({
  subject: 'rpc.routing.list-rules.v1',
  owner: 'routing',
  request: z.object({ actor, ...page }),
  response: z.object({ data: z.array(ownedRule), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [ruleExample], nextCursor: null } },
});

export const getRuleV1 = defineRpc({
  subject: 'rpc.routing.get-rule.v1',
  owner: 'routing',
  request: z.object({ actor, ruleId: id }),
  response: z.object({ rule: ownedRule }),
  example: { request: { actor: actorExample, ruleId: 'rul_1' }, response: { rule: ruleExample } },
});

/** Changes what the request names; the rest stays. */
export const updateRuleV1 = defineRpc({
  subject: 'rpc.routing.update-rule.v1',
  owner: 'routing',
  request: z.object({
    actor,
    ruleId: id,
    ...z.object(required).partial().shape,
    teamId: id.nullable().optional(),
    enabled: z.boolean().optional(),
  }),
  response: z.object({ rule: ownedRule }),
  example: {
    request: { actor: actorExample, ruleId: 'rul_1', priority: 5 },
    response: { rule: { ...ruleExample, priority: 5 } },
  },
});

export const deleteRuleV1 = defineRpc({
  subject: 'rpc.routing.delete-rule.v1',
  owner: 'routing',
  request: z.object({ actor, ruleId: id }),
  response: z.object({ deleted: z.literal(true) }),
  example: { request: { actor: actorExample, ruleId: 'rul_1' }, response: { deleted: true } },
});
