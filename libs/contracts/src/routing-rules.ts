import { z } from 'zod';
import { id, modelName, name } from './fields.js';

/** What a rule may ask about. `time` is `HH:MM` and `weekday` `mon` to `sun`, both in UTC; money is in US dollars. */
export const ruleField = z.enum([
  'model',
  'organisation',
  'team',
  'user',
  'key',
  'end_user',
  'tags',
  'feature',
  'region',
  'country',
  'estimated_tokens',
  'estimated_cost_usd',
  'stream',
  'endpoint',
  'time',
  'weekday',
]);
export type RuleField = z.output<typeof ruleField>;

export const ruleOperator = z.enum(['eq', 'ne', 'in', 'not_in', 'gt', 'gte', 'lt', 'lte', 'contains', 'regex']);
export type RuleOperator = z.output<typeof ruleOperator>;

const operand = z.union([z.string().max(512), z.number(), z.boolean()]);

/** Of a list field such as `tags`, `eq` and `contains` hold when one of its values is that. */
export const ruleCondition = z.object({
  field: ruleField,
  operator: ruleOperator,
  value: z.union([operand, z.array(operand).min(1).max(200)]),
});
export type RuleCondition = z.output<typeof ruleCondition>;

/** What is done with a call that all conditions hold for; of `route`, what is absent stays as it was. */
export const ruleAction = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('route'),
    /** Another model group. */
    model: modelName.optional(),
    /** Only deployments of the provider of this name or id. */
    provider: name.optional(),
    /** Shares by deployment id, in place of their own weights; deployments that are not named are left out. */
    weights: z.record(id, z.int().min(0).max(1_000_000)).optional(),
  }),
  z.object({ type: z.literal('block'), message: z.string().max(500).optional() }),
]);
export type RuleAction = z.output<typeof ruleAction>;

/** Changes where calls go. The lowest priority number comes first, the older one of two equal ones; the first that holds wins. */
export const routingRule = z.object({
  id,
  /** Whose calls it is about; null: everybody's. */
  orgId: id.nullable(),
  /** Only calls of this team; null: of all. */
  teamId: id.nullable().optional().default(null),
  name,
  priority: z.int().min(0).max(1_000_000),
  enabled: z.boolean().optional().default(true),
  /** All must hold; none: every call. */
  conditions: z.array(ruleCondition).max(20),
  action: ruleAction,
});
export type RoutingRule = z.output<typeof routingRule>;
