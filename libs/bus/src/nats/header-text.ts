import { createHash } from 'node:crypto';

const HEADER_SAFE = /^[\x21-\x7e]{1,200}$/;

/** An id as a header value. Ours pass as they are; one with control characters or of any length becomes its digest. */
export function headerText(id: string): string {
  return HEADER_SAFE.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
