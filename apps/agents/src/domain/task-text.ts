/** What fits into one message of the bus with room for the query beside it. */
export const RESULT_BYTES_MAX = 262_144;
const ERROR_LENGTH_MAX = 1_000;

/** PostgreSQL holds no NUL in a text. */
export const isStorable = (text: string): boolean => !text.includes('\0');

const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** An answer as it is kept; null when it is too long to be. */
export function toResult(answer: string): string | null {
  const result = storable(answer);
  return Buffer.byteLength(result) <= RESULT_BYTES_MAX ? result : null;
}

/**
 * An error text as its reader may see it: without the key (providers like to repeat it), and not longer than a
 * paragraph.
 */
export function toError(message: string, secret: string | null): string {
  const clean = secret ? message.replaceAll(secret, '[key]') : message;
  return storable(clean).slice(0, ERROR_LENGTH_MAX).toWellFormed();
}
