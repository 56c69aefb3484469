import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, name, nextCursor, page, timestamp } from '../../fields.js';

export const alertType = z.enum([
  'budget_threshold',
  'auto_top_up',
  'ledger_violation',
  'wallet_exhausted',
  'request_hanging',
  'provider_outage',
  'security_finding',
  'anomaly',
  'transfer_requested',
  'transfer_decided',
  'daily_report',
  'audit_break',
  'reconciliation_gap',
  'key_rotation_failed',
  'approval_requested',
]);
export type AlertType = z.output<typeof alertType>;

export const alertChannel = z.object({
  id,
  orgId: id,
  name,
  kind: z.literal('webhook'),
  url: z.url().max(2_048),
  /** Null: every type. */
  alertTypes: z.array(alertType).nullable(),
  active: z.boolean(),
  createdAt: timestamp,
});
export type AlertChannel = z.output<typeof alertChannel>;

export const alertDelivery = z.object({
  id,
  channelId: id,
  alertType,
  subject: z.string(),
  status: z.enum(['pending', 'delivered', 'dead']),
  attempts: z.int(),
  lastError: z.string().nullable(),
  createdAt: timestamp,
  deliveredAt: timestamp.nullable(),
});
export type AlertDelivery = z.output<typeof alertDelivery>;

const at = '2026-01-01T00:00:00.000Z';
const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const channelExample: z.input<typeof alertChannel> = {
  id: 'chn_1',
  orgId: 'org_1',
  name: 'finops',
  kind: 'webhook',
  url: 'https://hooks.example.com/ao',
  alertTypes: null,
  active: true,
  createdAt: at,
};

/** Makes a webhook channel. `secret` signs every delivery and is shown once. */
export const createChannelV1 = defineRpc({
  subject: 'rpc.notification.create-channel.v1',
  owner: 'notification',
  request: z.object({
    actor,
    name,
    kind: z.literal('webhook').optional().default('webhook'),
    url: z.url().max(2_048),
    alertTypes: z.array(alertType).max(50).nullable().optional().default(null),
  }),
  response: z.object({ channel: alertChannel, secret: z.string() }),
  example: {
    request: { actor: actorExample, name: 'finops', url: 'https://hooks.example.com/ao' },
    response: { channel: channelExample, secret: 'whsec_example' },
  },
});

export const listChannelsV1 = defineRpc({
  subject: 'rpc.notification.list-channels.v1',
  owner: 'notification',
  request: z.object({ actor, ...page }),
  response: z.object({ data: z.array(alertChannel), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [channelExample], nextCursor: null } },
});

export const deleteChannelV1 = defineRpc({
  subject: 'rpc.notification.delete-channel.v1',
  owner: 'notification',
  request: z.object({ actor, channelId: id }),
  response: z.object({ deleted: z.literal(true) }),
  example: { request: { actor: actorExample, channelId: 'chn_1' }, response: { deleted: true } },
});

export const listDeliveriesV1 = defineRpc({
  subject: 'rpc.notification.list-deliveries.v1',
  owner: 'notification',
  request: z.object({ actor, ...page, status: z.enum(['pending', 'delivered', 'dead']).optional() }),
  response: z.object({ data: z.array(alertDelivery), nextCursor }),
  example: {
    request: { actor: actorExample },
    response: {
      data: [
        {
          id: 'dlv_1',
          channelId: 'chn_1',
          alertType: 'budget_threshold',
          subject: 'wal_1',
          status: 'delivered',
          attempts: 1,
          lastError: null,
          createdAt: at,
          deliveredAt: at,
        },
      ],
      nextCursor: null,
    },
  },
});
