import {
  costCenter as costCenterField,
  costDimension,
  costInterval,
  getRequestV1,
  listRequestsV1,
  queryCostV1,
} from '@ao/contracts';
import { formatUsd } from '@ao/kernel';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { pageFields, toSnakeCase } from './fields.js';
import { toRequestBody, toRequestDetailBody } from './request-body.js';

const requestQuery = z.object({
  ...pageFields,
  sort: z.enum(['started_at', '-started_at', 'cost', '-cost', 'latency', '-latency']).default('-started_at'),
  team_id: z.string().max(128).optional(),
  key_id: z.string().max(128).optional(),
  wallet_id: z.string().max(128).optional(),
  cost_center: costCenterField.optional(),
  request_id: z.string().max(128).optional(),
  model: z.string().max(256).optional(),
  provider: z.string().max(128).optional(),
  tag: z.string().max(128).optional(),
  status: z.coerce.number().int().min(100).max(599).optional(),
  status_min: z.coerce.number().int().min(100).max(599).optional(),
  status_max: z.coerce.number().int().min(100).max(599).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});

const costBody = z.object({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  group_by: costDimension.default('model'),
  interval: costInterval.optional(),
  cost_center: costCenterField.optional(),
  limit: z.int().min(1).max(10_000).default(1_000),
});
const utc = (text: string): string => new Date(text).toISOString();

export const meteringRoutes = [
  adminRoute({
    method: 'GET',
    path: '/v1/requests',
    contract: listRequestsV1,
    toRequest: ({ actor, query }) => {
      const { limit, cursor, sort, status, ...filter } = readQuery(query, requestQuery);
      const given = {
        teamId: filter.team_id,
        keyId: filter.key_id,
        walletId: filter.wallet_id,
        costCenter: filter.cost_center,
        correlationId: filter.request_id,
        model: filter.model,
        provider: filter.provider,
        tag: filter.tag,
        statusMin: filter.status_min ?? status,
        statusMax: filter.status_max ?? status,
        from: filter.from && utc(filter.from),
        to: filter.to && utc(filter.to),
        cursor,
      };
      return {
        actor,
        limit,
        sort,
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      };
    },
    toBody: ({ data, nextCursor }) => ({ data: data.map(toRequestBody), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/requests/:id',
    contract: getRequestV1,
    toRequest: ({ actor, params }) => ({ actor, requestId: params['id']! }),
    toBody: toRequestDetailBody,
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/analytics/cost',
    contract: queryCostV1,
    toRequest: ({ actor, body }) => {
      const { from, to, group_by: groupBy, interval, cost_center: costCenter, limit } = readBody(body, costBody);
      const optional = { ...(interval && { interval }), ...(costCenter && { costCenter }) };
      return { actor, from: utc(from), to: utc(to), groupBy, limit, ...optional };
    },
    toBody: ({ rows, total, truncated }) => ({
      data: rows.map(({ cost, ...row }) => ({ ...toSnakeCase(row), cost_usd: formatUsd(cost) })),
      total_usd: formatUsd(total),
      truncated,
    }),
  }),
];
