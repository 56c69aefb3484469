import {
  createRuleV1,
  deleteRuleV1,
  getRuleV1,
  listRulesV1,
  ruleAction,
  ruleCondition,
  updateRuleV1,
  type OwnedRule,
} from '@ao/contracts';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { pageFields, toSnakeCase } from './fields.js';

const PRIORITY_DEFAULT = 100;

const settings = {
  name: z.string().min(1).max(200),
  priority: z.int().min(0).max(1_000_000),
  enabled: z.boolean(),
  team_id: z.string().min(1).max(128).nullable(),
  conditions: z.array(ruleCondition).max(20),
  action: ruleAction,
};
const ruleBody = z.object({
  ...settings,
  priority: settings.priority.default(PRIORITY_DEFAULT),
  enabled: settings.enabled.default(true),
  team_id: settings.team_id.default(null),
  conditions: settings.conditions.default([]),
});
const rulePatch = z.strictObject(settings).partial();

const toRuleBody = (rule: OwnedRule): object => toSnakeCase(rule);

/** Rules about where calls go (RT-001). */
export const ruleRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/routing/rules',
    contract: createRuleV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const { team_id: teamId, ...rule } = readBody(body, ruleBody);
      return { actor, ...rule, teamId };
    },
    toBody: ({ rule }) => toRuleBody(rule),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/routing/rules',
    contract: listRulesV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, z.object(pageFields)) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toRuleBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/routing/rules/:id',
    contract: getRuleV1,
    toRequest: ({ actor, params }) => ({ actor, ruleId: params['id']! }),
    toBody: ({ rule }) => toRuleBody(rule),
  }),
  adminRoute({
    method: 'PATCH',
    path: '/v1/routing/rules/:id',
    contract: updateRuleV1,
    toRequest: ({ actor, params, body }) => {
      const { team_id: teamId, ...rule } = readBody(body, rulePatch);
      return { actor, ruleId: params['id']!, ...rule, ...(teamId !== undefined && { teamId }) };
    },
    toBody: ({ rule }) => toRuleBody(rule),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/routing/rules/:id',
    contract: deleteRuleV1,
    toRequest: ({ actor, params }) => ({ actor, ruleId: params['id']! }),
    toBody: ({ deleted }) => ({ deleted }),
  }),
];
