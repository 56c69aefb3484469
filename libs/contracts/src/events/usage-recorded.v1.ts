import { z } from 'zod';
import { defineEvent } from '../define.js';
import { usageReport, usageReportExample } from './usage-reported.v1.js';

/**
 * What the authoritative cost rests on. `price`: the row `priceId`; `own_key`: the caller's own provider key, nothing is
 * charged; `none`: nothing was consumed; `unpriced`: tokens without a price, so 0 for want of one; `reported`: the price
 * row is not known to `metering`, the gateway's own figure stands.
 */
export const costBasis = z.enum(['price', 'own_key', 'none', 'unpriced', 'reported']);
export type CostBasis = z.output<typeof costBasis>;

/** A report with the authoritative cost. */
export const usageRecord = usageReport.extend({
  /** Absent on what was published before `metering` had it, until 1.0. */
  costBasis: costBasis.optional(),
});
export type UsageRecord = z.output<typeof usageRecord>;

export const usageRecordExample: z.input<typeof usageRecord> = { ...usageReportExample, costBasis: 'price' };

/**
 * The request log has the call, with its authoritative cost: the ledger posts it, the warehouse stores it. One event per
 * request id, whatever the gateway repeats.
 */
export const usageRecordedV1 = defineEvent({
  subject: 'evt.metering.usage.recorded.v1',
  owner: 'metering',
  payload: usageRecord,
  example: usageRecordExample,
});
