import {
  alertType,
  createChannelV1,
  deleteChannelV1,
  listAuditEntriesV1,
  listChannelsV1,
  listDeliveriesV1,
  verifyAuditChainV1,
} from '@ao/contracts';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { pageFields, toSnakeCase } from './fields.js';

const channelBody = z.object({
  name: z.string().min(1).max(200),
  kind: z.literal('webhook').default('webhook'),
  url: z.url().max(2_048),
  alert_types: z.array(alertType).max(50).nullable().default(null),
});
const deliveriesQuery = z.object({ ...pageFields, status: z.enum(['pending', 'delivered', 'dead']).optional() });
const auditQuery = z.object({
  ...pageFields,
  action: z.string().max(128).optional(),
  actor_id: z.string().max(128).optional(),
  target_id: z.string().max(128).optional(),
});

export const operationsRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/alerts/channels',
    contract: createChannelV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const { alert_types: alertTypes, ...channel } = readBody(body, channelBody);
      return { actor, ...channel, alertTypes };
    },
    toBody: ({ channel, secret }) => ({ ...toSnakeCase(channel), secret }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/alerts/channels',
    contract: listChannelsV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, z.object(pageFields)) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toSnakeCase), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/alerts/channels/:id',
    contract: deleteChannelV1,
    toRequest: ({ actor, params }) => ({ actor, channelId: params['id']! }),
    toBody: ({ deleted }) => ({ deleted }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/alerts/deliveries',
    contract: listDeliveriesV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, deliveriesQuery) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toSnakeCase), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/audit',
    contract: listAuditEntriesV1,
    toRequest: ({ actor, query }) => {
      const { actor_id: actorId, target_id: targetId, ...rest } = readQuery(query, auditQuery);
      return { actor, ...rest, ...(actorId !== undefined && { actorId }), ...(targetId !== undefined && { targetId }) };
    },
    toBody: ({ data, nextCursor }) => ({ data: data.map(toSnakeCase), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/audit/verify',
    contract: verifyAuditChainV1,
    toRequest: ({ actor }) => ({ actor }),
    toBody: (result) => toSnakeCase(result),
  }),
];
