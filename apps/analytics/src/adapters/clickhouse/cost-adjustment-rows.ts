import type { CostAdjustment } from '../../application/ports.js';
import { toDateTime } from './date-time.js';

/** A correction as its row: money as text of an integer. */
export const toCostAdjustmentRow = (adjustment: CostAdjustment): Record<string, unknown> => ({
  adjustment_id: adjustment.adjustmentId,
  request_id: adjustment.requestId,
  org_id: adjustment.orgId,
  provider: adjustment.provider,
  difference_nano_usd: adjustment.difference.toString(),
  rerating_id: adjustment.reratingId,
  reason: adjustment.reason,
  started_at: toDateTime(adjustment.startedAtMs),
});
