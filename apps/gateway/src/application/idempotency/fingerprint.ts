import { createHmac } from 'node:crypto';

/** A digest of all parts in their order; equal for equal parts alone. */
export type Fingerprint = (...parts: (string | Buffer)[]) => string;

/** Digests under the pepper: who reads them where they are stored cannot guess what was asked. */
export function fingerprintUnder(pepper: Buffer): Fingerprint {
  return (...parts) => {
    const hmac = createHmac('sha256', pepper);
    // With its length before it no part can pass for the end of another.
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part);
    return hmac.digest('hex');
  };
}
