import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { principal, principalExample } from '../../principal.js';

/** Looks a key up by its HMAC-SHA-256; the key itself never crosses the bus. */
export const authenticateKeyV1 = defineRpc({
  subject: 'rpc.identity.authenticate-key.v1',
  owner: 'identity',
  request: z.object({ keyHash: z.string().regex(/^[0-9a-f]{64}$/) }),
  response: z.object({ principal: principal.nullable() }),
  example: { request: { keyHash: 'ab'.repeat(32) }, response: { principal: principalExample } },
});
