import type { ReasoningPart } from '../canonical/index.js';

/**
 * Proofs of other providers travel through Responses clients as `encrypted_content`, which clients hand back unread. A
 * prefix says whose it is; content without one is the provider's own and goes as it came.
 */
const SIGNATURE = 'ao.signature.';
const CALL_SIGNATURE = 'ao.call.';

/** What a reasoning item carries for the provider, if anything. */
export function encryptedContentOf({ signature, redacted }: Omit<ReasoningPart, 'type' | 'text'>): string | null {
  return redacted ?? (signature === null ? null : SIGNATURE + signature);
}

/** The same for the proof of a call, which has a reasoning item of its own before it. */
export const callProof = (signature: string): string => CALL_SIGNATURE + signature;

/** The signature of the call that follows, where this is one. */
export function callSignatureOf(encrypted: string | null): string | null {
  return encrypted?.startsWith(CALL_SIGNATURE) ? encrypted.slice(CALL_SIGNATURE.length) : null;
}

/** A reasoning item's proof as it was before it went to the client. */
export function proofOf(encrypted: string | null): Omit<ReasoningPart, 'type' | 'text'> {
  if (encrypted?.startsWith(SIGNATURE)) return { signature: encrypted.slice(SIGNATURE.length), redacted: null };
  return { signature: null, redacted: encrypted };
}
