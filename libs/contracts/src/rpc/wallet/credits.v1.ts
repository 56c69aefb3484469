import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, nanoUsd, nextCursor, page, timestamp } from '../../fields.js';

/** Money paid into a prepaid wallet. */
export const topUp = z.object({
  id,
  walletId: id,
  amount: nanoUsd,
  /** From then on what is unused of it is taken back; null: never. */
  expiresAt: timestamp.nullable(),
  /** Of the payment, where it was made. */
  reference: z.string().nullable(),
  note: z.string().nullable(),
  createdAt: timestamp,
});
export type TopUp = z.output<typeof topUp>;

/** A top-up as it stands now. */
export const listedTopUp = topUp.extend({
  /** Taken back of it. */
  expired: nanoUsd,
  /** Neither spent nor taken back; null for money that never expires: it is spent last, and nobody counts it apart. */
  unspent: nanoUsd.nullable(),
});
export type ListedTopUp = z.output<typeof listedTopUp>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const topUpExample: z.input<typeof topUp> = {
  id: 'crd_1',
  walletId: 'wal_1',
  amount: '50000000000',
  expiresAt: '2027-01-01T00:00:00.000Z',
  reference: 'pay_1',
  note: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

/** Pays money into a prepaid wallet, once per `idempotencyKey`; another request under the same key is a conflict. */
export const createTopUpV1 = defineRpc({
  subject: 'rpc.wallet.create-top-up.v1',
  owner: 'wallet',
  request: z.object({
    actor,
    walletId: id,
    idempotencyKey: z.string().min(1).max(300),
    amount: nanoUsd,
    expiresAt: timestamp.nullable().optional().default(null),
    reference: z.string().min(1).max(255).nullable().optional().default(null),
    note: z.string().min(1).max(500).nullable().optional().default(null),
  }),
  response: z.object({ topUp }),
  example: {
    request: { actor: actorExample, walletId: 'wal_1', idempotencyKey: 'pay_1', amount: '50000000000' },
    response: { topUp: topUpExample },
  },
});

export const listTopUpsV1 = defineRpc({
  subject: 'rpc.wallet.list-top-ups.v1',
  owner: 'wallet',
  request: z.object({ actor, walletId: id, ...page }),
  response: z.object({ data: z.array(listedTopUp), nextCursor }),
  example: {
    request: { actor: actorExample, walletId: 'wal_1' },
    response: { data: [{ ...topUpExample, expired: '0', unspent: '12500000000' }], nextCursor: null },
  },
});
