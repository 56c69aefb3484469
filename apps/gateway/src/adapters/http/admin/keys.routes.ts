import {
  createKeyV1,
  createTeamV1,
  getOrganisationV1,
  listKeysV1,
  listTeamsV1,
  revokeKeyV1,
  type KeySummary,
} from '@ao/contracts';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { pageFields, toSnakeCase } from './fields.js';
import { limitFields, modelLimitFields, readLimits, readModelLimits, toModelLimitsBody } from './limit-fields.js';
import { modelBudgetsField } from './model-budgets.js';

const tagField = z.string().trim().min(1).max(128);
const endUserField = z.string().trim().min(1).max(256);

const keyBody = z.object({
  name: z.string().min(1).max(200),
  role: z.enum(['owner', 'admin', 'member', 'viewer']).default('member'),
  team_id: z.string().max(128).nullable().default(null),
  user_id: z.string().max(128).nullable().default(null),
  wallet_id: z.string().max(128).nullable().default(null),
  models: z.array(z.string().min(1).max(256)).max(1_000).nullable().default(null),
  ...limitFields,
  ...modelLimitFields,
  priority: z.enum(['low', 'normal', 'high']).default('normal'),
  expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
  include_cost: z.boolean().default(false),
  allowed_tags: z.array(tagField).max(1_000).nullable().default(null),
  bound_tags: z.array(tagField).max(20).default([]),
  allowed_end_users: z.array(endUserField).max(1_000).nullable().default(null),
  bound_end_user: endUserField.nullable().default(null),
  model_max_budget: modelBudgetsField.default([]),
});
const page = z.object(pageFields);

const toKeyBody = ({ expiresAtMs, attribution, modelLimits, ...key }: KeySummary): Record<string, unknown> => ({
  ...toSnakeCase({
    ...key,
    ...attribution,
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  }),
  model_limits: toModelLimitsBody(modelLimits),
});

export const keyRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/keys',
    contract: createKeyV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const key = readBody(body, keyBody);
      return {
        actor,
        name: key.name,
        role: key.role,
        teamId: key.team_id,
        userId: key.user_id,
        walletId: key.wallet_id,
        models: key.models,
        ...readLimits(key),
        modelLimits: readModelLimits(key),
        priority: key.priority,
        expiresAtMs: key.expires_at === null ? null : Date.parse(key.expires_at),
        includeCost: key.include_cost,
        attribution: {
          allowedTags: key.allowed_tags,
          boundTags: key.bound_tags,
          allowedEndUsers: key.allowed_end_users,
          boundEndUser: key.bound_end_user,
        },
        modelBudgets: key.model_max_budget,
      };
    },
    toBody: ({ key, secret }) => ({ ...toKeyBody(key), key: secret }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/keys',
    contract: listKeysV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, page) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toKeyBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/keys/:id',
    contract: revokeKeyV1,
    toRequest: ({ actor, params }) => ({ actor, keyId: params['id']! }),
    toBody: ({ key }) => toKeyBody(key),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/keys/:id/revoke',
    contract: revokeKeyV1,
    toRequest: ({ actor, params }) => ({ actor, keyId: params['id']! }),
    toBody: ({ key }) => toKeyBody(key),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/orgs/current',
    contract: getOrganisationV1,
    toRequest: ({ actor }) => ({ actor }),
    toBody: ({ organisation }) => toSnakeCase(organisation),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/teams',
    contract: createTeamV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const team = readBody(
        body,
        z.object({
          name: z.string().min(1).max(200),
          wallet_id: z.string().max(128).nullable().default(null),
          ...limitFields,
          model_max_budget: modelBudgetsField.default([]),
        }),
      );
      const limits = readLimits(team);
      const isLimited = Object.values(limits).some((limit) => limit !== null);
      return {
        actor,
        name: team.name,
        walletId: team.wallet_id,
        modelBudgets: team.model_max_budget,
        limits: isLimited ? limits : null,
      };
    },
    toBody: ({ team }) => toSnakeCase(team),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/teams',
    contract: listTeamsV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, page) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toSnakeCase), next_cursor: nextCursor }),
  }),
];
