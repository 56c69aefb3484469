import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './bytes.js';
import { readString } from './json-strings.js';
import { MALFORMED, skipColon, skipSpace, skipString, skipValue } from './json-scan.js';

/** Bytes `start` up to but not including `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The value of a field; `keyStart` is where its key begins. */
interface FieldRange extends ByteRange {
  readonly keyStart: number;
}

/** Where the values of a JSON object's own fields stand in its bytes. */
export interface LocatedFields {
  /** By decoded key; of equal keys the last, as with JSON.parse. */
  readonly values: ReadonlyMap<string, FieldRange>;
  /** The first key that occurs twice: parsers disagree on which one counts, so the caller may want to refuse it. */
  readonly duplicate: string | null;
  /** Just after the opening brace: where a field can be added. */
  readonly insertAt: number;
}

/**
 * Lets a caller scan the value of a field itself, in the same pass: gives the index after the value that starts at
 * `start`, MALFORMED, or null to have it skipped.
 */
export type ReadValue = (key: string, start: number) => number | null;

/**
 * Finds the fields of the JSON object that `bytes` holds, in one pass and without decoding any value.
 * @returns null when the bytes are not one JSON object; the inside of strings is not inspected (json-scan.ts).
 */
export function locateFields(bytes: Buffer, readValue?: ReadValue): LocatedFields | null {
  const located = locateObject(bytes, skipSpace(bytes, 0), readValue);
  return located && skipSpace(bytes, located.end) === bytes.length ? located : null;
}

/** As `locateFields`, for an object that starts exactly at `open`, ends at `end` and may be followed by other bytes. */
export function locateObject(
  bytes: Buffer,
  open: number,
  readValue?: ReadValue,
): (LocatedFields & { readonly end: number }) | null {
  if (bytes[open] !== OPEN_BRACE) return null;
  const values = new Map<string, FieldRange>();
  let duplicate: string | null = null;
  let at = skipSpace(bytes, open + 1);
  if (bytes[at] === CLOSE_BRACE) return { values, duplicate, insertAt: open + 1, end: at + 1 };
  for (;;) {
    if (bytes[at] !== QUOTE) return null;
    const keyEnd = skipString(bytes, at);
    if (keyEnd === MALFORMED) return null;
    const key = readString(bytes, at, keyEnd);
    const start = skipColon(bytes, keyEnd);
    if (key === null || start === MALFORMED) return null;
    const end = readValue?.(key, start) ?? skipValue(bytes, start);
    if (end === MALFORMED) return null;
    if (duplicate === null && values.has(key)) duplicate = key;
    values.set(key, { keyStart: at, start, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return { values, duplicate, insertAt: open + 1, end: at + 1 };
    if (bytes[at] !== COMMA) return null;
    at = skipSpace(bytes, at + 1);
  }
}

/**
 * Walks the array that starts exactly at `open`: `readItem` is told where each item starts and gives where it ends, or
 * MALFORMED.
 * @returns the index after the array, or MALFORMED.
 */
export function readItems(bytes: Buffer, open: number, readItem: (start: number, index: number) => number): number {
  if (bytes[open] !== OPEN_BRACKET) return MALFORMED;
  let at = skipSpace(bytes, open + 1);
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (let index = 0; ; index += 1) {
    const end = readItem(at, index);
    if (end === MALFORMED) return MALFORMED;
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACKET) return at + 1;
    if (bytes[at] !== COMMA) return MALFORMED;
    at = skipSpace(bytes, at + 1);
  }
}

/** The decoded value of a range; throws SyntaxError when it is not JSON (a bad escape in a string, for one). */
export function readJson(bytes: Buffer, range: ByteRange): unknown {
  return JSON.parse(bytes.toString('utf8', range.start, range.end));
}

/** What a field may be set to: a value to encode, or JSON text as it is when the caller has encoded it before. */
export type NewFieldValue = Buffer | string | number | boolean | null | object;

/**
 * The same object with some fields set: a field that exists is replaced in place, another is added in front, every other
 * byte stays as it was. One copy, because a request with one contiguous body is a single write to the socket.
 * @param values fields that are undefined are left alone; with nothing to change the given buffer itself comes back.
 * @param cuts see `cutsOf`.
 */
export function replaceFields(
  bytes: Buffer,
  located: LocatedFields,
  values: Readonly<Record<string, NewFieldValue | undefined>>,
  cuts: readonly ByteRange[] = [],
): Buffer {
  const edits: { start: number; end: number; text: Buffer }[] = cuts.map((cut) => ({ ...cut, text: NOTHING }));
  const added: Buffer[] = [];
  for (const key in values) {
    const value = values[key];
    if (value === undefined) continue;
    const text = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
    const range = located.values.get(key);
    if (range) edits.push({ ...range, text });
    else added.push(Buffer.from(`${JSON.stringify(key)}:`), text, SEPARATOR);
  }
  if (added.length > 0) {
    if (located.values.size === 0) added.pop();
    edits.push({ start: located.insertAt, end: located.insertAt, text: Buffer.concat(added) });
  }
  return edits.length === 0 ? bytes : splice(bytes, edits);
}

/** What is to be cut out of an object that some fields are to leave, each with one comma. */
export function cutsOf(bytes: Buffer, located: LocatedFields, keys: readonly string[]): ByteRange[] {
  if (!keys.some((key) => located.values.has(key))) return [];
  const fields = [...located.values];
  const lastKept = fields.findLast(([key]) => !keys.includes(key))?.[1];
  const [gone, tail]: [FieldRange[], FieldRange[]] = [[], []];
  for (const [key, range] of fields) {
    if (keys.includes(key)) (lastKept && range.end <= lastKept.keyStart ? gone : tail).push(range);
  }
  const cuts = gone.map(({ keyStart, end }) => ({ start: keyStart, end: skipSpace(bytes, end) + 1 }));
  if (tail.length === 0) return cuts;
  // The last ones take the comma before them along.
  const start = lastKept ? skipSpace(bytes, lastKept.end) : tail[0]!.keyStart;
  return [...cuts, { start, end: tail.at(-1)!.end }];
}

const NOTHING = Buffer.alloc(0);
const SEPARATOR = Buffer.from(',');

function splice(bytes: Buffer, edits: { start: number; end: number; text: Buffer }[]): Buffer {
  // What is added comes before what is cut at the same place.
  edits.sort((a, b) => a.start - b.start || a.end - b.end);
  let length = bytes.length;
  for (const edit of edits) length += edit.text.length - (edit.end - edit.start);
  const result = Buffer.allocUnsafe(length);
  let from = 0;
  let to = 0;
  for (const edit of edits) {
    to += bytes.copy(result, to, from, edit.start);
    to += edit.text.copy(result, to);
    from = edit.end;
  }
  bytes.copy(result, to, from);
  return result;
}
