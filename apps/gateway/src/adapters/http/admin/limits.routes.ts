import {
  LIMIT_SCOPE_KINDS,
  createLimitV1,
  deleteLimitV1,
  listLimitsV1,
  updateLimitV1,
  type LimitSummary,
} from '@ao/contracts';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { pageFields, toSnakeCase } from './fields.js';
import { givenLimits, limitFields, readLimits } from './limit-fields.js';

const limitBody = z.strictObject({
  scope: z.strictObject({
    kind: z.enum(LIMIT_SCOPE_KINDS),
    id: z.string().min(1).max(256).nullable().default(null),
  }),
  model: z.string().min(1).max(256).nullable().default(null),
  ...limitFields,
});
const limitPatch = z.strictObject(limitFields);

const toLimitBody = (limit: LimitSummary): object => toSnakeCase(limit);

export const limitRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/limits',
    contract: createLimitV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const limit = readBody(body, limitBody);
      return { actor, scope: limit.scope, model: limit.model, ...readLimits(limit) };
    },
    toBody: ({ limit }) => toLimitBody(limit),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/limits',
    contract: listLimitsV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, z.object(pageFields)) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toLimitBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'PATCH',
    path: '/v1/limits/:id',
    contract: updateLimitV1,
    toRequest: ({ actor, params, body }) => {
      const given = givenLimits(readBody(body, limitPatch));
      const changes = Object.entries(given).filter(([, value]) => value !== undefined);
      return { actor, limitId: params['id']!, ...Object.fromEntries(changes) };
    },
    toBody: ({ limit }) => toLimitBody(limit),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/limits/:id',
    contract: deleteLimitV1,
    toRequest: ({ actor, params }) => ({ actor, limitId: params['id']! }),
    toBody: ({ limit }) => toLimitBody(limit),
  }),
];
