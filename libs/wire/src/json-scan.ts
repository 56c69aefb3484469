import {
  BACKSLASH,
  CARRIAGE_RETURN,
  COLON,
  COMMA,
  DOT,
  LINE_FEED,
  LOWER_E,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  MINUS,
  NINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  QUOTE,
  SPACE,
  TAB,
  UPPER_E,
  ZERO,
} from './bytes.js';

/**
 * A JSON grammar over raw bytes (RFC 8259) that finds where values end without building any of them. Structure, numbers
 * and literals are checked; what stands inside a string (escapes, control characters, UTF-8) is not, because looking at
 * every byte of a prompt is what these functions exist to avoid. Whoever reads a string parses it.
 */

/** Deeper bodies are refused: no real request comes near, and readers that recurse must be safe from a stack overflow. */
export const JSON_DEPTH_MAX = 256;

/** What a function gives when the bytes are not JSON. */
export const MALFORMED = -1;

/** Up to here a loop beats the call into native memchr. */
const NEAR_BYTES = 32;

/** Index of the first byte at or after `at` that is not JSON white space. */
export function skipSpace(bytes: Buffer, at: number): number {
  for (;;) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== TAB) return at;
    at += 1;
  }
}

/** Index after the closing quote of the string that opens at `open`, or MALFORMED when it never closes. */
export function skipString(bytes: Buffer, open: number): number {
  let at = open + 1;
  for (;;) {
    const nearEnd = Math.min(at + NEAR_BYTES, bytes.length);
    for (; at < nearEnd; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) at += 1;
    }
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return MALFORMED;
    let before = quote - 1;
    while (before >= at && bytes[before] === BACKSLASH) before -= 1;
    if (((quote - 1 - before) & 1) === 0) return quote + 1;
    at = quote + 1;
  }
}

// One byte per open container. Shared, since a scan never yields.
const containers = new Uint8Array(JSON_DEPTH_MAX + 1);

/** Index after the JSON value that starts exactly at `at`, or MALFORMED. Iterative: nesting costs no stack. */
export function skipValue(bytes: Buffer, at: number): number {
  let depth = 0;
  for (;;) {
    const first = bytes[at];
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== first + 2) {
        if (depth === JSON_DEPTH_MAX) return MALFORMED;
        containers[depth] = first;
        depth += 1;
        if (first === OPEN_BRACE) at = skipKey(bytes, at);
        if (at === MALFORMED) return MALFORMED;
        continue;
      }
      at += 1;
    } else {
      at = skipScalar(bytes, at);
      if (at === MALFORMED) return MALFORMED;
    }
    // A value has ended: close what ends with it, then stand at the next value.
    for (;;) {
      if (depth === 0) return at;
      at = skipSpace(bytes, at);
      const open = containers[depth - 1]!;
      if (bytes[at] === COMMA) {
        at = skipSpace(bytes, at + 1);
        if (open === OPEN_BRACE) at = skipKey(bytes, at);
        if (at === MALFORMED) return MALFORMED;
        break;
      }
      if (bytes[at] !== open + 2) return MALFORMED;
      at += 1;
      depth -= 1;
    }
  }
}

/** From a key's opening quote to the start of its value, or MALFORMED. */
export function skipKey(bytes: Buffer, at: number): number {
  if (bytes[at] !== QUOTE) return MALFORMED;
  const end = skipString(bytes, at);
  return end === MALFORMED ? MALFORMED : skipColon(bytes, end);
}

/** From the end of a key to the start of its value, or MALFORMED. */
export function skipColon(bytes: Buffer, at: number): number {
  at = skipSpace(bytes, at);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : MALFORMED;
}

/** Index after the string, number or literal at `at`, or MALFORMED. */
export function skipScalar(bytes: Buffer, at: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return skipString(bytes, at);
    case LOWER_T:
      return skipLiteral(bytes, at, 'true');
    case LOWER_F:
      return skipLiteral(bytes, at, 'false');
    case LOWER_N:
      return skipLiteral(bytes, at, 'null');
    default:
      return skipNumber(bytes, at);
  }
}

function skipLiteral(bytes: Buffer, at: number, literal: string): number {
  for (let index = 1; index < literal.length; index += 1) {
    if (bytes[at + index] !== literal.charCodeAt(index)) return MALFORMED;
  }
  return at + literal.length;
}

function skipNumber(bytes: Buffer, at: number): number {
  if (bytes[at] === MINUS) at += 1;
  if (bytes[at] === ZERO) at += 1;
  else at = skipDigits(bytes, at);
  if (at === MALFORMED) return MALFORMED;
  if (bytes[at] === DOT) at = skipDigits(bytes, at + 1);
  if (at === MALFORMED) return MALFORMED;
  if (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E) return at;
  at += 1;
  if (bytes[at] === PLUS || bytes[at] === MINUS) at += 1;
  return skipDigits(bytes, at);
}

/** At least one digit. */
function skipDigits(bytes: Buffer, at: number): number {
  const start = at;
  let byte = bytes[at];
  while (byte !== undefined && byte >= ZERO && byte <= NINE) {
    at += 1;
    byte = bytes[at];
  }
  return at === start ? MALFORMED : at;
}
