import { ZERO_USD } from '@ao/kernel';
import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, name, nanoUsd, nextCursor, page, timestamp } from '../../fields.js';
import { budgetScope } from '../../budget-scope.js';
import { walletPeriod } from '../../model-budget.js';

/** `budget`: a limit that renews itself; `prepaid`: what was paid in before. */
export const walletKind = z.enum(['budget', 'prepaid']);
/** Asks for `amount` when less than `below` is available. */
export const autoTopUp = z.object({ below: nanoUsd, amount: nanoUsd });
export const walletOwnerType = z.enum(['organisation', 'team', 'user', 'key']);

export const wallet = z.object({
  id,
  orgId: id,
  name,
  parentId: id.nullable(),
  ownerType: walletOwnerType,
  ownerId: id,
  kind: walletKind.optional().default('budget'),
  /** Spendable per period; null: unlimited, or prepaid. */
  limit: nanoUsd.nullable(),
  period: walletPeriod,
  timeZone: z.string().max(64),
  overdraftPercent: z.int().min(0).max(1_000),
  /** Percent of the limit at which an event is published, once per period each. */
  thresholdsPercent: z.array(z.int().min(1).max(1_000)).max(20),
  costCenter: z.string().max(128).nullable(),
  active: z.boolean(),
  autoTopUp: autoTopUp.nullable().optional().default(null),
  /** Null: pays for the calls of its keys; else for every call of the organisation within the scope. */
  scope: budgetScope.nullable().optional().default(null),
  /** The template that this budget was made of, and its values. */
  templateId: id.nullable().optional().default(null),
  templateValues: z.array(z.string()).optional().default([]),
  createdAt: timestamp,
});
export type Wallet = z.output<typeof wallet>;

export const walletBalance = z.object({
  walletId: id,
  name,
  period: walletPeriod,
  /** Null for a wallet without periods. */
  periodStartsAt: timestamp.nullable(),
  resetsAt: timestamp.nullable(),
  kind: walletKind.optional().default('budget'),
  /** Topped up in all, less what expired; 0 for a budget. */
  credited: nanoUsd.optional().default(ZERO_USD),
  /** When the next credit expires that is not used up. */
  nextExpiryAt: timestamp.nullable().optional().default(null),
  limit: nanoUsd.nullable(),
  spent: nanoUsd,
  held: nanoUsd,
  /** Null: unlimited. */
  available: nanoUsd.nullable(),
  overdraftUsed: nanoUsd,
  /** Of the limit, two places, rounded down; null: there is no limit. */
  usedPercent: z.number().nullable(),
});
export type WalletBalance = z.output<typeof walletBalance>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const walletExample: z.input<typeof wallet> = {
  id: 'wal_1',
  orgId: 'org_1',
  name: 'Organisation',
  parentId: null,
  ownerType: 'organisation',
  ownerId: 'org_1',
  limit: '100000000000',
  period: 'month',
  timeZone: 'UTC',
  overdraftPercent: 0,
  thresholdsPercent: [80, 90, 95, 100],
  costCenter: null,
  active: true,
  createdAt: '2026-01-01T00:00:00.000Z',
};

const settings = {
  name,
  limit: nanoUsd.nullable(),
  period: walletPeriod,
  timeZone: z.string().min(1).max(64),
  overdraftPercent: z.int().min(0).max(1_000),
  thresholdsPercent: z.array(z.int().min(1).max(1_000)).max(20),
  costCenter: z.string().min(1).max(128).nullable(),
  autoTopUp: autoTopUp.nullable(),
};

/** Makes a wallet. The same `idempotencyKey` again gives the wallet made first; other settings under it are a conflict. */
export const createWalletV1 = defineRpc({
  subject: 'rpc.wallet.create-wallet.v1',
  owner: 'wallet',
  request: z.object({
    actor,
    idempotencyKey: z.string().min(1).max(255).optional(),
    name,
    kind: walletKind.optional().default('budget'),
    autoTopUp: settings.autoTopUp.optional().default(null),
    limit: settings.limit.optional().default(null),
    period: settings.period.optional().default('none'),
    parentId: id.nullable().optional().default(null),
    ownerType: walletOwnerType.optional().default('organisation'),
    /** Absent: the organisation. */
    ownerId: id.optional(),
    timeZone: settings.timeZone.optional().default('UTC'),
    overdraftPercent: settings.overdraftPercent.optional().default(0),
    thresholdsPercent: settings.thresholdsPercent.optional().default([80, 90, 95, 100]),
    costCenter: settings.costCenter.optional().default(null),
    scope: budgetScope.nullable().optional().default(null),
  }),
  response: z.object({ wallet }),
  example: { request: { actor: actorExample, name: 'Organisation' }, response: { wallet: walletExample } },
});

export const listWalletsV1 = defineRpc({
  subject: 'rpc.wallet.list-wallets.v1',
  owner: 'wallet',
  request: z.object({ actor, ...page, costCenter: z.string().max(128).optional(), templateId: id.optional() }),
  response: z.object({ data: z.array(wallet), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [walletExample], nextCursor: null } },
});

export const getWalletV1 = defineRpc({
  subject: 'rpc.wallet.get-wallet.v1',
  owner: 'wallet',
  request: z.object({ actor, walletId: id }),
  response: z.object({ wallet }),
  example: { request: { actor: actorExample, walletId: 'wal_1' }, response: { wallet: walletExample } },
});

export const updateWalletV1 = defineRpc({
  subject: 'rpc.wallet.update-wallet.v1',
  owner: 'wallet',
  request: z.object({
    actor,
    walletId: id,
    name: settings.name.optional(),
    limit: settings.limit.optional(),
    overdraftPercent: settings.overdraftPercent.optional(),
    thresholdsPercent: settings.thresholdsPercent.optional(),
    costCenter: settings.costCenter.optional(),
    autoTopUp: settings.autoTopUp.optional(),
    /** False refuses every new reservation; what is in flight still settles. */
    active: z.boolean().optional(),
  }),
  response: z.object({ wallet }),
  example: { request: { actor: actorExample, walletId: 'wal_1', active: false }, response: { wallet: walletExample } },
});

export const getBalanceV1 = defineRpc({
  subject: 'rpc.wallet.get-balance.v1',
  owner: 'wallet',
  request: z.object({ actor, walletId: id }),
  response: z.object({ balance: walletBalance }),
  example: {
    request: { actor: actorExample, walletId: 'wal_1' },
    response: {
      balance: {
        walletId: 'wal_1',
        name: 'Organisation',
        period: 'month',
        periodStartsAt: '2026-01-01T00:00:00.000Z',
        resetsAt: '2026-02-01T00:00:00.000Z',
        limit: '100000000000',
        spent: '1250000',
        held: '0',
        available: '99998750000',
        overdraftUsed: '0',
        usedPercent: 0,
      },
    },
  },
});
