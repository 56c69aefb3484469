import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { usageRecord, usageRecordExample } from '../../events/usage-recorded.v1.js';
import { actor, costCenter, id, modelName, nextCursor, page, tag, timestamp } from '../../fields.js';

/** A row of the request log: the gateway's report with the authoritative cost. Money in nano-dollars. */
export const requestLogRow = usageRecord;
export type RequestLogRow = z.output<typeof requestLogRow>;

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
  response: z.object({ request: requestLogRow }),
  example: { request: { actor: actorExample, requestId: 'req_1' }, response: { request: usageRecordExample } },
});
