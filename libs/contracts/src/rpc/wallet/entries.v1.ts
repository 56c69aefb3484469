import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { walletEntryKind } from '../../events/wallet.v1.js';
import { actor, id, nanoUsd, nextCursor, page, timestamp } from '../../fields.js';

/** A line of the ledger, with what it does to the balance of its wallet. */
export const walletEntry = z.object({
  id,
  walletId: id,
  kind: walletEntryKind,
  /** Moved from the credit to the debit account, never below 0. */
  amount: nanoUsd,
  /** What it adds to what the wallet has spent; a refund is below 0. */
  spent: nanoUsd,
  /** What it adds to what the wallet was given; an expiry is below 0. */
  credited: nanoUsd,
  debitAccount: z.string(),
  creditAccount: z.string(),
  requestId: id.nullable(),
  periodKey: z.string(),
  note: z.string().nullable(),
  postedAt: timestamp,
});
export type WalletEntry = z.output<typeof walletEntry>;

/** A correction of what a wallet, and with it every wallet above, has spent. */
export const adjustment = z.object({
  id,
  walletId: id,
  /** Positive: more was spent; negative: a refund. */
  amount: nanoUsd,
  reason: z.string(),
  requestId: id.nullable(),
  createdAt: timestamp,
});
export type Adjustment = z.output<typeof adjustment>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const at = '2026-01-01T00:00:00.000Z';

/** The entries of a wallet, newest first. */
export const listEntriesV1 = defineRpc({
  subject: 'rpc.wallet.list-entries.v1',
  owner: 'wallet',
  deadlineMs: 5_000,
  request: z.object({
    actor,
    walletId: id,
    ...page,
    kind: walletEntryKind.optional(),
    /** Posted at this time or later. */
    from: timestamp.optional(),
    /** Posted before this time. */
    to: timestamp.optional(),
  }),
  response: z.object({ data: z.array(walletEntry), nextCursor }),
  example: {
    request: { actor: actorExample, walletId: 'wal_1' },
    response: {
      data: [
        {
          id: 'ent_1',
          walletId: 'wal_1',
          kind: 'usage',
          amount: '1250000',
          spent: '1250000',
          credited: '0',
          debitAccount: 'wallet:wal_1',
          creditAccount: 'provider:openai',
          requestId: 'req_1',
          periodKey: '2026-01',
          note: null,
          postedAt: at,
        },
      ],
      nextCursor: null,
    },
  },
});

/** Corrects what a wallet spent, once per `idempotencyKey`; another request under the same key is a conflict. */
export const createAdjustmentV1 = defineRpc({
  subject: 'rpc.wallet.create-adjustment.v1',
  owner: 'wallet',
  request: z.object({
    actor,
    walletId: id,
    idempotencyKey: z.string().min(1).max(300),
    amount: nanoUsd,
    reason: z.string().min(1).max(500),
    requestId: id.nullable().optional().default(null),
  }),
  response: z.object({ adjustment }),
  example: {
    request: {
      actor: actorExample,
      walletId: 'wal_1',
      idempotencyKey: 'ticket-7',
      amount: '-250000',
      reason: 'The answer was empty.',
    },
    response: {
      adjustment: {
        id: 'adj_1',
        walletId: 'wal_1',
        amount: '-250000',
        reason: 'The answer was empty.',
        requestId: null,
        createdAt: at,
      },
    },
  },
});
