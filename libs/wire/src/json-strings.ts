import { BACKSLASH } from './bytes.js';

/** Longer strings are decoded each time. */
const CACHED_BYTES_MAX = 32;
const SLOTS = 512;

interface CachedString {
  readonly bytes: Buffer;
  readonly text: string;
}

/**
 * Requests use the same dozen keys, roles and models over and over, and making a string of bytes is the dearest step of
 * finding fields, so the last short string of each slot is kept. Bounded by the slots; a clash costs a decode, nothing else.
 */
const cache = Array.from<CachedString | undefined>({ length: SLOTS });

/**
 * The text of the JSON string from its opening quote at `open` to just after its closing quote at `end`; null when it has
 * an invalid escape.
 */
export function readString(bytes: Buffer, open: number, end: number): string | null {
  const start = open + 1;
  const length = end - 1 - start;
  if (length <= 0) return '';
  if (length > CACHED_BYTES_MAX) return decode(bytes, start, end - 1);
  const slot = (length * 67 + bytes[start]! * 7 + bytes[end - 2]!) % SLOTS;
  const cached = cache[slot];
  if (cached !== undefined && isSame(bytes, start, length, cached.bytes)) return cached.text;
  const text = decode(bytes, start, end - 1);
  if (text !== null) cache[slot] = { bytes: Buffer.from(bytes.subarray(start, end - 1)), text };
  return text;
}

function isSame(bytes: Buffer, start: number, length: number, key: Buffer): boolean {
  if (key.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (bytes[start + index] !== key[index]) return false;
  }
  return true;
}

function decode(bytes: Buffer, start: number, end: number): string | null {
  const text = bytes.toString('utf8', start, end);
  if (!bytes.subarray(start, end).includes(BACKSLASH)) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return null;
  }
}
