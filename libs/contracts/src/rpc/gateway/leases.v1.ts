import { z } from 'zod';
import { defineRpc, type RpcContract } from '../../define.js';
import { id, nanoUsd } from '../../fields.js';

/** What a gateway gives back of one lease. The sequence counts the returns of the lease: each is taken once. */
export const leaseReturn = z.object({
  leaseId: id,
  sequence: z.int().min(1),
  amount: nanoUsd,
  close: z.boolean().optional().default(false),
});

/**
 * Asks one gateway (`addressedTo`) for all that it holds of these wallets and has not promised to a call. What it answers
 * it also repeats with its next `sync-leases`, under the same sequence, so that a lost answer loses no money.
 */
export const returnLeasesV1 = defineRpc({
  subject: 'rpc.gateway.return-leases.v1',
  owner: 'gateway',
  request: z.object({ walletIds: z.array(id).min(1).max(64) }),
  response: z.object({ returns: z.array(leaseReturn).max(1_000) }),
  deadlineMs: 300,
  example: {
    request: { walletIds: ['wal_1'] },
    response: { returns: [{ leaseId: 'lse_1', sequence: 1, amount: '5' }] },
  },
});

/** The contract as one instance of its owner answers it, where any other instance would be the wrong one to ask. */
export const addressedTo = <C extends RpcContract>(contract: C, instanceId: string): C => ({
  ...contract,
  subject: `${contract.subject}.${instanceId}`,
});
