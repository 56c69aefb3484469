import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, nanoUsd, nextCursor, page, timestamp } from '../../fields.js';

export const transferState = z.enum(['pending', 'approved', 'rejected', 'expired', 'cancelled']);
export type TransferState = z.output<typeof transferState>;

const text = z.string().min(1).max(500);

/** Budget that somebody asks to move from one wallet to another. Only `pending` ever changes, and once. */
export const transfer = z.object({
  id,
  orgId: id,
  fromWalletId: id,
  toWalletId: id,
  amount: nanoUsd,
  /** What it is for. */
  reason: text.nullable(),
  /** Anything else for the approvers. */
  note: text.nullable(),
  state: transferState,
  /** Key that asked. */
  requestedBy: id,
  /** Key that approved, rejected or cancelled; null while pending and when expired. */
  decidedBy: id.nullable(),
  /** Why it was rejected, if a reason was given. */
  decisionReason: text.nullable(),
  createdAt: timestamp,
  /** From this instant on a pending transfer is expired. */
  expiresAt: timestamp,
  decidedAt: timestamp.nullable(),
});
export type Transfer = z.output<typeof transfer>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const transferExample: z.input<typeof transfer> = {
  id: 'trf_1',
  orgId: 'org_1',
  fromWalletId: 'wal_1',
  toWalletId: 'wal_2',
  amount: '20000000000',
  reason: 'Load test before the launch',
  note: null,
  state: 'pending',
  requestedBy: 'key_2',
  decidedBy: null,
  decisionReason: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-03T00:00:00.000Z',
  decidedAt: null,
};

/** Asks for a transfer. The same `idempotencyKey` again gives the transfer made first; other wishes under it are a conflict. */
export const requestTransferV1 = defineRpc({
  subject: 'rpc.wallet.request-transfer.v1',
  owner: 'wallet',
  request: z.object({
    actor,
    idempotencyKey: z.string().min(1).max(255).optional(),
    /** Absent: the wallet above the target. */
    fromWalletId: id.optional(),
    /** Absent: the wallet that pays for the actor's calls. */
    toWalletId: id.optional(),
    amount: nanoUsd,
    reason: text.nullable().optional().default(null),
    note: text.nullable().optional().default(null),
  }),
  response: z.object({ transfer }),
  example: {
    request: {
      actor: actorExample,
      fromWalletId: 'wal_1',
      toWalletId: 'wal_2',
      amount: '20000000000',
      reason: 'Load test before the launch',
    },
    response: { transfer: transferExample },
  },
});

/** Admins and owners see the transfers of the organisation, others those that they asked for. */
export const listTransfersV1 = defineRpc({
  subject: 'rpc.wallet.list-transfers.v1',
  owner: 'wallet',
  request: z.object({
    actor,
    ...page,
    state: transferState.optional(),
    /** From it or to it. */
    walletId: id.optional(),
  }),
  response: z.object({ data: z.array(transfer), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [transferExample], nextCursor: null } },
});

export const getTransferV1 = defineRpc({
  subject: 'rpc.wallet.get-transfer.v1',
  owner: 'wallet',
  request: z.object({ actor, transferId: id }),
  response: z.object({ transfer }),
  example: { request: { actor: actorExample, transferId: 'trf_1' }, response: { transfer: transferExample } },
});

const decided = (state: TransferState): z.input<typeof transfer> => ({
  ...transferExample,
  state,
  decidedBy: 'key_1',
  decidedAt: '2026-01-01T08:00:00.000Z',
});

/** Moves the money, in one transaction. Whoever asked for it may not. */
export const approveTransferV1 = defineRpc({
  subject: 'rpc.wallet.approve-transfer.v1',
  owner: 'wallet',
  request: z.object({ actor, transferId: id }),
  response: z.object({ transfer }),
  example: { request: { actor: actorExample, transferId: 'trf_1' }, response: { transfer: decided('approved') } },
});

export const rejectTransferV1 = defineRpc({
  subject: 'rpc.wallet.reject-transfer.v1',
  owner: 'wallet',
  request: z.object({ actor, transferId: id, reason: text.nullable().optional().default(null) }),
  response: z.object({ transfer }),
  example: {
    request: { actor: actorExample, transferId: 'trf_1', reason: 'Not before the next quarter' },
    response: { transfer: { ...decided('rejected'), decisionReason: 'Not before the next quarter' } },
  },
});

/** Takes a request back; only whoever asked may. */
export const cancelTransferV1 = defineRpc({
  subject: 'rpc.wallet.cancel-transfer.v1',
  owner: 'wallet',
  request: z.object({ actor, transferId: id }),
  response: z.object({ transfer }),
  example: { request: { actor: actorExample, transferId: 'trf_1' }, response: { transfer: decided('cancelled') } },
});
