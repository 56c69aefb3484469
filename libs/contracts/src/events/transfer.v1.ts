import { z } from 'zod';
import { defineEvent } from '../define.js';
import { id, name, nanoUsd, timestamp } from '../fields.js';

const requested = z.object({
  transferId: id,
  orgId: id,
  fromWalletId: id,
  fromWalletName: name,
  toWalletId: id,
  toWalletName: name,
  amount: nanoUsd,
  reason: z.string().max(500).nullable(),
  note: z.string().max(500).nullable(),
  /** Key that asked. */
  requestedBy: id,
  requestedAt: timestamp,
  expiresAt: timestamp,
});

const requestedExample: z.input<typeof requested> = {
  transferId: 'trf_1',
  orgId: 'org_1',
  fromWalletId: 'wal_1',
  fromWalletName: 'Organisation',
  toWalletId: 'wal_2',
  toWalletName: 'Research',
  amount: '20000000000',
  reason: 'Load test before the launch',
  note: null,
  requestedBy: 'key_2',
  requestedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-03T00:00:00.000Z',
};

/** Somebody asked for budget: the approvers of the organisation want to know. */
export const transferRequestedV1 = defineEvent({
  subject: 'evt.wallet.transfer.requested.v1',
  owner: 'wallet',
  payload: requested,
  example: requestedExample,
});

/** A transfer is pending no more, once per transfer. Only `approved` moved money. */
export const transferDecidedV1 = defineEvent({
  subject: 'evt.wallet.transfer.decided.v1',
  owner: 'wallet',
  payload: requested.extend({
    state: z.enum(['approved', 'rejected', 'expired', 'cancelled']),
    /** Null when it expired. */
    decidedBy: id.nullable(),
    /** Why it was rejected, if a reason was given. */
    decisionReason: z.string().max(500).nullable(),
    decidedAt: timestamp,
  }),
  example: {
    ...requestedExample,
    state: 'approved',
    decidedBy: 'key_1',
    decisionReason: null,
    decidedAt: '2026-01-01T08:00:00.000Z',
  },
});
