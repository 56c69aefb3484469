import { z } from 'zod';
import { defineEvent, type EventContract, type Owner } from '../define.js';
import { id, timestamp } from '../fields.js';

export const performedAction = z.object({
  orgId: id,
  /** Key or user; `system` for what no person asked for. */
  actorId: z.string().min(1).max(128),
  /** `key.create`, `wallet.update`, … */
  action: z.string().regex(/^[a-z_]+\.[a-z_]+$/),
  targetId: z.string().min(1).max(256),
  outcome: z.enum(['success', 'denied', 'failure']),
  occurredAt: timestamp,
  /** Facts without secrets or content. */
  metadata: z.record(z.string().max(64), z.string().max(512)),
});
export type PerformedAction = z.output<typeof performedAction>;

const actionPerformed = (owner: Owner): EventContract<typeof performedAction> =>
  defineEvent({
    subject: `evt.${owner}.action.performed.v1`,
    owner,
    payload: performedAction,
    example: {
      orgId: 'org_1',
      actorId: 'key_1',
      action: 'key.create',
      targetId: 'key_2',
      outcome: 'success',
      occurredAt: '2026-01-01T00:00:00.000Z',
      metadata: {},
    },
  });

/** An administrative action, for the audit chain of `governance`. Each service publishes its own. */
export const identityActionPerformedV1 = actionPerformed('identity');
export const walletActionPerformedV1 = actionPerformed('wallet');
export const meteringActionPerformedV1 = actionPerformed('metering');
export const routingActionPerformedV1 = actionPerformed('routing');
export const notificationActionPerformedV1 = actionPerformed('notification');
export const gatewayActionPerformedV1 = actionPerformed('gateway');
