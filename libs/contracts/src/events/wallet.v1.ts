import { z } from 'zod';
import { defineEvent } from '../define.js';
import { id, name, nanoUsd, timestamp } from '../fields.js';

/**
 * `usage`, `overage` (beyond what was held): spent. `adjustment`: a correction of that. `top_up`, `expiry`: given to a
 * prepaid wallet, taken back. `transfer_…`: moved out of a budget or into it. `reset`: a new period began.
 */
export const walletEntryKind = z.enum([
  'usage',
  'overage',
  'adjustment',
  'top_up',
  'expiry',
  'transfer_out',
  'transfer_in',
  'reset',
]);
export type WalletEntryKind = z.output<typeof walletEntryKind>;

/** A posting in the ledger. `amount` is what it moved, as its kind says; only an adjustment, a refund, can be below 0. */
const walletPosting = z.object({
  entryId: id,
  walletId: id,
  orgId: id,
  kind: walletEntryKind,
  amount: nanoUsd,
  requestId: id.nullable(),
  periodKey: z.string().max(64),
  postedAt: timestamp,
});
export type WalletPosting = z.output<typeof walletPosting>;

/** What one transaction of the ledger has posted, or a part of it: an event for each would cost more than the posting. */
export const walletEntriesPostedV1 = defineEvent({
  subject: 'evt.wallet.entries.posted.v1',
  owner: 'wallet',
  payload: z.object({ entries: z.array(walletPosting).min(1).max(500) }),
  example: {
    entries: [
      {
        entryId: 'ent_1',
        walletId: 'wal_1',
        orgId: 'org_1',
        kind: 'usage',
        amount: '1250000',
        requestId: 'req_1',
        periodKey: '2026-01',
        postedAt: '2026-01-01T00:00:00.000Z',
      },
    ],
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

/**
 * A prepaid wallet fell below the mark at which its owner wants it topped up: once, until a top-up answers. Whoever pays
 * then tops it up, under `topUpRequestId` as the idempotency key, so that an event that comes twice is paid once.
 */
export const walletAutoTopUpRequestedV1 = defineEvent({
  subject: 'evt.wallet.auto-top-up.requested.v1',
  owner: 'wallet',
  payload: z.object({
    topUpRequestId: id,
    walletId: id,
    walletName: name,
    orgId: id,
    available: nanoUsd,
    below: nanoUsd,
    /** What to pay. */
    amount: nanoUsd,
    requestedAt: timestamp,
  }),
  example: {
    topUpRequestId: 'tur_1',
    walletId: 'wal_1',
    walletName: 'Customer',
    orgId: 'org_1',
    available: '4000000000',
    below: '5000000000',
    amount: '50000000000',
    requestedAt: '2026-01-20T00:00:00.000Z',
  },
});

/**
 * The ledger contradicts itself: a law of it does not hold for this wallet and period. Event id: the same all day, so
 * that a fault is told of once a day.
 */
export const walletLedgerViolatedV1 = defineEvent({
  subject: 'evt.wallet.ledger.violated.v1',
  owner: 'wallet',
  payload: z.object({
    walletId: id,
    orgId: id,
    periodKey: z.string().max(64),
    /** Such as `posted_equals_entries`. */
    law: z.string().max(64),
    expected: nanoUsd,
    found: nanoUsd,
    foundAt: timestamp,
  }),
  example: {
    walletId: 'wal_1',
    orgId: 'org_1',
    periodKey: '2026-01',
    law: 'posted_equals_entries',
    expected: '1250000',
    found: '1250001',
    foundAt: '2026-01-20T00:00:00.000Z',
  },
});
