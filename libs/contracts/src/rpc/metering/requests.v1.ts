import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { usageRecord, usageRecordExample } from '../../events/usage-recorded.v1.js';
import { usage } from '../../usage.js';
import {
  actor,
  costCenter,
  epochMs,
  id,
  modelName,
  nanoUsd,
  nextCursor,
  page,
  picoUsd,
  tag,
  timestamp,
  tokenCount,
} from '../../fields.js';

/** A row of the request log: the gateway's report with the authoritative cost. Money in nano-dollars. */
export const requestLogRow = usageRecord.extend({
  /** What was charged at first; present once a re-rating has changed `cost`. */
  originalCost: nanoUsd.optional(),
});
export type RequestLogRow = z.output<typeof requestLogRow>;

/** How one attempt's cost comes about: the amounts and the rounding add up to `cost`, to the pico-dollar. */
export const costDetail = z.object({
  provider: z.string().max(128),
  model: modelName,
  /** Null: nothing was priced, see `costBasis`. */
  price: z.object({ id, source: z.string().max(200), effectiveFromMs: epochMs, free: z.boolean() }).nullable(),
  /** What was consumed: `count` × `ratePico` = `amountPico`, exactly. Pico-dollars. */
  lines: z.array(z.object({ bucket: usage.keyof(), count: tokenCount, ratePico: picoUsd, amountPico: picoUsd })),
  /** What rounding the sum once, half to even, to nano-dollars added or took. */
  roundingPico: picoUsd,
  cost: nanoUsd,
});
export type CostDetail = z.output<typeof costDetail>;

/** A correction of a call's cost. */
export const requestAdjustment = z.object({
  id,
  reratingId: id,
  /** New cost minus the one before. */
  difference: nanoUsd,
  cost: nanoUsd,
  priceId: id.nullable(),
  reason: z.string().max(500),
  adjustedAt: timestamp,
});
export type RequestAdjustment = z.output<typeof requestAdjustment>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };

/** Members and viewers see the calls of their own key, admins and owners those of the organisation. */
export const listRequestsV1 = defineRpc({
  subject: 'rpc.metering.list-requests.v1',
  owner: 'metering',
  deadlineMs: 5_000,
  request: z.object({
    actor,
    ...page,
    sort: z
      .enum(['started_at', '-started_at', 'cost', '-cost', 'latency', '-latency'])
      .optional()
      .default('-started_at'),
    teamId: id.optional(),
    keyId: id.optional(),
    correlationId: id.optional(),
    walletId: id.optional(),
    costCenter: costCenter.optional(),
    model: modelName.optional(),
    provider: id.optional(),
    tag: tag.optional(),
    statusMin: z.int().min(100).max(599).optional(),
    statusMax: z.int().min(100).max(599).optional(),
    /** Started at this time or later. */
    from: timestamp.optional(),
    /** Started before this time. */
    to: timestamp.optional(),
  }),
  response: z.object({ data: z.array(requestLogRow), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [usageRecordExample], nextCursor: null } },
});

export const getRequestV1 = defineRpc({
  subject: 'rpc.metering.get-request.v1',
  owner: 'metering',
  request: z.object({ actor, requestId: id }),
  response: z.object({
    request: requestLogRow,
    /** One for each attempt. Absent from answers of before 0.2, as is the next. */
    costDetails: z.array(costDetail).optional().default([]),
    /** Latest first, the latest 50. */
    adjustments: z.array(requestAdjustment).optional().default([]),
  }),
  example: { request: { actor: actorExample, requestId: 'req_1' }, response: { request: usageRecordExample } },
});
