import { BACKSLASH, CLOSE_BRACE, COLON, COMMA, QUOTE } from '../bytes.js';
import { locateFields, readJson, type ByteRange } from '../json-fields.js';
import { MALFORMED, skipKey, skipSpace, skipValue } from '../json-scan.js';

const KEY = Buffer.from('"usage"');

/**
 * The `usage` of a whole answer as the provider wrote it; null when it has none or is not JSON. Only that object is
 * parsed, and where `usage` stands near the end, as it does with every provider, only the end is read: an answer to an
 * embeddings request holds megabytes of numbers before it.
 */
export function usageFromBody(body: Buffer): unknown {
  const range = usageFromEnd(body) ?? locateFields(body)?.values.get('usage');
  try {
    return range ? readJson(body, range) : null;
  } catch {
    return null;
  }
}

/**
 * The last `"usage":` after which only whole fields and the body's last brace follow is a field of the outermost object:
 * of an inner one, more braces would have to close.
 */
function usageFromEnd(body: Buffer): ByteRange | null {
  const key = body.lastIndexOf(KEY);
  if (key === -1 || body[key - 1] === BACKSLASH) return null;
  const colon = skipSpace(body, key + KEY.length);
  if (body[colon] !== COLON) return null;
  const start = skipSpace(body, colon + 1);
  const end = skipValue(body, start);
  return end !== MALFORMED && isLastOfBody(body, end) ? { start, end } : null;
}

function isLastOfBody(body: Buffer, at: number): boolean {
  at = skipSpace(body, at);
  while (body[at] === COMMA) {
    at = skipSpace(body, at + 1);
    const value = body[at] === QUOTE ? skipKey(body, at) : MALFORMED;
    const end = value === MALFORMED ? MALFORMED : skipValue(body, value);
    if (end === MALFORMED) return false;
    at = skipSpace(body, end);
  }
  return body[at] === CLOSE_BRACE && skipSpace(body, at + 1) === body.length;
}
