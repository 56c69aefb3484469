import { createHash } from 'node:crypto';

/**
 * An id that depends on content alone: the same configuration gives the same ids after a restart and on every replica,
 * so that counters and circuit breakers kept by id survive. 128 bits of SHA-256: a key cannot be read back from it.
 */
export function stableId(prefix: string, parts: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify([prefix, ...parts]));
  return `${prefix}_${digest.digest('hex').slice(0, 32)}`;
}
