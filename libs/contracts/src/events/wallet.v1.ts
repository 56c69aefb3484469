import { z } from 'zod';
import { defineEvent } from '../define.js';
import { id, name, nanoUsd, timestamp } from '../fields.js';

/** A posting in the ledger. `amount` is never negative: the kind tells whether it was spent, or moved in or out. */
export const walletEntryPostedV1 = defineEvent({
  subject: 'evt.wallet.entry.posted.v1',
  owner: 'wallet',
  payload: z.object({
    entryId: id,
    walletId: id,
    orgId: id,
    kind: z.enum(['usage', 'overage', 'adjustment', 'top_up', 'transfer_out', 'transfer_in', 'reset']),
    amount: nanoUsd,
    requestId: id.nullable(),
    periodKey: z.string().max(64),
    postedAt: timestamp,
  }),
  example: {
    entryId: 'ent_1',
    walletId: 'wal_1',
    orgId: 'org_1',
    kind: 'usage',
    amount: '1250000',
    requestId: 'req_1',
    periodKey: '2026-01',
    postedAt: '2026-01-01T00:00:00.000Z',
  },
});

/** Spending reached a threshold of the wallet's limit: once per threshold and period. */
export const walletThresholdCrossedV1 = defineEvent({
  subject: 'evt.wallet.threshold.crossed.v1',
  owner: 'wallet',
  payload: z.object({
    walletId: id,
    walletName: name,
    orgId: id,
    thresholdPercent: z.int().min(1).max(1_000),
    /** Of the period: the wallet's limit with what transfers moved. */
    limit: nanoUsd,
    spent: nanoUsd,
    periodKey: z.string().max(64),
    /** The request whose cost crossed it, when it was one. */
    requestId: id.nullable(),
    crossedAt: timestamp,
  }),
  example: {
    walletId: 'wal_1',
    walletName: 'Organisation',
    orgId: 'org_1',
    thresholdPercent: 80,
    limit: '100000000000',
    spent: '80000000000',
    periodKey: '2026-01',
    requestId: 'req_1',
    crossedAt: '2026-01-20T00:00:00.000Z',
  },
});
