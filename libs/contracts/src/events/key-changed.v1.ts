import { z } from 'zod';
import { defineEvent } from '../define.js';
import { id } from '../fields.js';

/** A key was issued, changed or revoked: whoever cached its principal drops it. Every gateway replica listens. */
export const keyChangedV1 = defineEvent({
  subject: 'evt.identity.key.changed.v1',
  owner: 'identity',
  payload: z.object({ keyId: id, orgId: id, keyHash: z.string().regex(/^[0-9a-f]{64}$/), revoked: z.boolean() }),
  example: { keyId: 'key_1', orgId: 'org_1', keyHash: 'ab'.repeat(32), revoked: true },
});
