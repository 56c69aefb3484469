import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, costCenter, nanoUsd, timestamp } from '../../fields.js';

export const costDimension = z.enum(['model', 'team', 'feature', 'key', 'provider', 'tag', 'cost_center']);
export const costInterval = z.enum(['hour', 'day', 'month']);

/** What was spent, by one dimension and optionally over time; only the caller's organisation. Money in nano-dollars. */
export const queryCostV1 = defineRpc({
  subject: 'rpc.analytics.query-cost.v1',
  owner: 'analytics',
  request: z.object({
    actor,
    from: timestamp,
    to: timestamp,
    groupBy: costDimension.optional().default('model'),
    /** Absent: one row per group for the whole range. */
    interval: costInterval.optional(),
    /** Only the calls of this cost centre. */
    costCenter: costCenter.optional(),
    limit: z.int().min(1).max(10_000).optional().default(1_000),
  }),
  response: z.object({
    rows: z.array(
      z.object({
        group: z.string(),
        intervalStart: timestamp.nullable(),
        cost: nanoUsd,
        requests: z.int(),
        inputTokens: z.int(),
        outputTokens: z.int(),
      }),
    ),
    /** Of every call in the range, each counted once: a call with two tags stands in two rows. */
    total: nanoUsd,
    /** There were more groups than `limit`. */
    truncated: z.boolean().optional().default(false),
  }),
  deadlineMs: 10_000,
  example: {
    request: {
      actor: { orgId: 'org_1', keyId: 'key_1', role: 'admin' },
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
    },
    response: {
      rows: [
        { group: 'gpt-4o', intervalStart: null, cost: '1250000', requests: 1, inputTokens: 100, outputTokens: 100 },
      ],
      total: '1250000',
    },
  },
});
