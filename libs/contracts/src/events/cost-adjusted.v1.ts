import { z } from 'zod';
import { defineEvent } from '../define.js';
import { epochMs, id, nanoUsd } from '../fields.js';

/** What a call cost changed after it was charged. */
export const costAdjustment = z.object({
  /** Unique per call and re-rating: each wallet is corrected once per adjustment. */
  adjustmentId: id,
  requestId: id,
  orgId: id,
  /** The wallets that were charged, leaf first. */
  walletIds: z.array(id).max(32),
  /** New cost minus the one charged so far: positive, more is owed; negative, some of it comes back. */
  difference: nanoUsd,
  provider: z.string().max(128),
  startedAtMs: epochMs,
  reratingId: id,
  reason: z.string().max(500),
});
export type CostAdjustment = z.output<typeof costAdjustment>;

/**
 * The request log has another cost for a call than the one it was charged with: the ledger moves the difference in the
 * periods in which the call was charged. Event id = adjustment id.
 */
export const costAdjustedV1 = defineEvent({
  subject: 'evt.metering.cost.adjusted.v1',
  owner: 'metering',
  payload: costAdjustment,
  example: {
    adjustmentId: 'adj_1',
    requestId: 'req_1',
    orgId: 'org_1',
    walletIds: ['wal_1'],
    difference: '-250000',
    provider: 'openai',
    startedAtMs: 1767225600000,
    reratingId: 'rrt_1',
    reason: 'The price of gpt-4o was lowered from 1 January.',
  },
});
