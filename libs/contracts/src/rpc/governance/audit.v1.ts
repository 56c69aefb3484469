import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { performedAction } from '../../events/action-performed.v1.js';
import { actor, id, nextCursor, page } from '../../fields.js';

/** One link of the audit chain: `hash` covers the entry and `previousHash` (SHA-256, hex). */
export const auditEntry = performedAction.extend({
  sequence: z.int().min(1),
  eventId: id,
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.output<typeof auditEntry>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };

export const listAuditEntriesV1 = defineRpc({
  subject: 'rpc.governance.list-audit-entries.v1',
  owner: 'governance',
  request: z.object({
    actor,
    ...page,
    action: z.string().max(128).optional(),
    actorId: id.optional(),
    targetId: id.optional(),
  }),
  response: z.object({ data: z.array(auditEntry), nextCursor }),
  example: {
    request: { actor: actorExample },
    response: {
      data: [
        {
          sequence: 1,
          eventId: 'evt_1',
          orgId: 'org_1',
          actorId: 'key_1',
          action: 'key.create',
          targetId: 'key_2',
          outcome: 'success',
          occurredAt: '2026-01-01T00:00:00.000Z',
          metadata: {},
          previousHash: '0'.repeat(64),
          hash: 'ab'.repeat(32),
        },
      ],
      nextCursor: null,
    },
  },
});

/** Recomputes the organisation's chain. */
export const verifyAuditChainV1 = defineRpc({
  subject: 'rpc.governance.verify-audit-chain.v1',
  owner: 'governance',
  request: z.object({ actor }),
  response: z.object({ intact: z.boolean(), entries: z.int(), firstBadSequence: z.int().nullable() }),
  deadlineMs: 30_000,
  example: { request: { actor: actorExample }, response: { intact: true, entries: 12, firstBadSequence: null } },
});
