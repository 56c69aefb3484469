import { createHmac } from 'node:crypto';

/** The only form in which an API key is stored or sent between services: HMAC-SHA-256 under the pepper, hex. */
export function hashKey(key: string, pepper: Buffer): string {
  return createHmac('sha256', pepper).update(key).digest('hex');
}
