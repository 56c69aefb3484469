import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { epochMs, id, name, nanoUsd } from '../../fields.js';
import { leaseReturn } from '../gateway/leases.v1.js';
import { budgetClaim } from '../../budget-scope.js';

/** An amount already held in the ledger that one gateway may give out by itself until the lease expires. */
export const lease = z.object({
  leaseId: id,
  walletId: id,
  granted: nanoUsd,
  expiresAtMs: epochMs,
  /** The gateway must not reserve from the lease after this: the money belongs to the period that ends here. */
  periodEndsAtMs: epochMs.nullable(),
});
export type Lease = z.output<typeof lease>;

/** One wallet of the path that a call is charged to, leaf first. */
export const pathWallet = z.object({ walletId: id, name, unlimited: z.boolean() });
export type PathWallet = z.output<typeof pathWallet>;

/**
 * Holds money for a gateway on a wallet, all its ancestors and the budgets of other scopes, all or none. `acquisitionId`
 * makes a retried call return the leases of the first one. Wallets in `skipWalletIds` (where the gateway still has enough)
 * get no new lease. Before it refuses, the owner asks all gateways to give back what they do not use.
 */
export const acquireLeasesV1 = defineRpc({
  subject: 'rpc.wallet.acquire-leases.v1',
  owner: 'wallet',
  request: z.object({
    acquisitionId: id,
    gatewayId: id,
    orgId: id,
    /** The leaf: the wallet of the key. */
    walletId: id,
    /** Less than this is of no use: it is the estimate of the waiting request. */
    amountMin: nanoUsd,
    amountWanted: nanoUsd,
    skipWalletIds: z.array(id).max(64).optional().default([]),
    /** Budgets of other scopes that apply to the call. */
    budgets: z.array(budgetClaim).max(32).optional().default([]),
    /** False: the money is wanted ahead of need, and nobody is to give back any for it. */
    mayRecall: z.boolean().optional().default(true),
  }),
  response: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('granted'), path: z.array(pathWallet), leases: z.array(lease) }),
    z.object({
      kind: z.literal('refused'),
      reason: z.enum(['exhausted', 'inactive', 'not_found']),
      walletId: id,
      walletName: z.string(),
      /** How much more the wallet would need to have. */
      shortfall: nanoUsd,
      /** The wallet is the budget of a scope, not of the path of the key. */
      scoped: z.boolean().optional().default(false),
    }),
  ]),
  deadlineMs: 1_500,
  example: {
    request: {
      acquisitionId: 'acq_1',
      gatewayId: 'gw_1',
      orgId: 'org_1',
      walletId: 'wal_1',
      amountMin: '1000000',
      amountWanted: '50000000',
    },
    response: {
      kind: 'granted',
      path: [{ walletId: 'wal_1', name: 'Organisation', unlimited: false }],
      leases: [
        { leaseId: 'lse_1', walletId: 'wal_1', granted: '50000000', expiresAtMs: 1767225660000, periodEndsAtMs: null },
      ],
    },
  },
});

/**
 * Renews the leases that are in use and gives back what is idle. A return carries a sequence per lease, so that a call
 * repeated after a lost answer gives nothing back twice. `gone` names leases that no longer exist: drop them.
 */
export const syncLeasesV1 = defineRpc({
  subject: 'rpc.wallet.sync-leases.v1',
  owner: 'wallet',
  request: z.object({
    gatewayId: id,
    renew: z.array(id).max(1_000),
    returns: z.array(leaseReturn).max(1_000),
  }),
  response: z.object({
    renewed: z.array(z.object({ leaseId: id, expiresAtMs: epochMs })),
    gone: z.array(id),
  }),
  example: {
    request: { gatewayId: 'gw_1', renew: ['lse_1'], returns: [{ leaseId: 'lse_2', sequence: 1, amount: '5' }] },
    response: { renewed: [{ leaseId: 'lse_1', expiresAtMs: 1767225660000 }], gone: [] },
  },
});
