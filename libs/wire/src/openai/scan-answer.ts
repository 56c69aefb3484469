import { CLOSE_BRACE, CLOSE_BRACKET, COLON, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../bytes.js';
import type { ByteRange } from '../json-fields.js';
import { MALFORMED, skipScalar, skipSpace, skipString, skipValue } from '../json-scan.js';
import { readString } from '../json-strings.js';

/** What the gateway must know of an answer or of a chunk of one, without building either. */
export interface AnswerScan {
  /** Of the last choice that has one. */
  readonly finishReason: string | null;
  /** Where `usage` stands, unless it is absent or null. */
  readonly usage: ByteRange | null;
  /** Where `error` stands, unless it is absent or null. */
  readonly error: ByteRange | null;
  /** `choices` is there and empty. */
  readonly hasNoChoices: boolean;
  /** Bytes of generated text as JSON spells it: content, reasoning, refusals, tools called, of all choices. */
  readonly textBytes: number;
  /** Where the key `choices` starts, unless usage or an error stands before it: all before it is the answer's head. */
  readonly headEnd: number | null;
}

/** Nesting at which a key means what it says: `{` is 1, `choices[` 2, a choice 3, its message or delta 4. */
const DEPTH_TOP = 1;
const DEPTH_CHOICE = 3;

/** Keys whose string values are generated text, billed as output; `name` is that of a called tool. */
const TEXT_KEYS = new Set([
  'content',
  'text',
  'refusal',
  'reasoning',
  'reasoning_content',
  'name',
  'arguments',
  'transcript',
]);

/**
 * One pass over a `chat.completion`, `chat.completion.chunk` or legacy completion. Trusts the provider to send JSON and
 * checks only that it is whole: null for anything cut off, or no object.
 * @param headEnd bytes to pass over, known to be the head of an earlier scan.
 */
export function scanAnswer(bytes: Buffer, headEnd = 0): AnswerScan | null {
  const scanner = new AnswerScanner(bytes);
  return scanner.scan(headEnd) ? scanner : null;
}

class AnswerScanner implements AnswerScan {
  finishReason: string | null = null;
  usage: ByteRange | null = null;
  error: ByteRange | null = null;
  hasNoChoices = false;
  textBytes = 0;
  headEnd: number | null = null;

  constructor(private readonly bytes: Buffer) {}

  scan(headEnd: number): boolean {
    const { bytes } = this;
    let depth = headEnd === 0 ? 0 : DEPTH_TOP;
    let at = headEnd === 0 ? skipSpace(bytes, 0) : headEnd;
    if (headEnd === 0 && bytes[at] !== OPEN_BRACE) return false;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        at = this.takeString(at, depth) - 1;
        if (at < 0) return false;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (depth === 0) return skipSpace(bytes, at + 1) === bytes.length;
      }
    }
    return false;
  }

  /** Index after the string at `open`, or after the field that it is the key of; MALFORMED when it never closes. */
  private takeString(open: number, depth: number): number {
    const { bytes } = this;
    const end = skipString(bytes, open);
    if (end === MALFORMED) return MALFORMED;
    const colon = skipSpace(bytes, end);
    if (bytes[colon] !== COLON) return end;
    const start = skipSpace(bytes, colon + 1);
    if (depth === DEPTH_TOP) return this.takeTopField(open, end, start);
    if (bytes[start] !== QUOTE) return start;
    const valueEnd = skipString(bytes, start);
    if (valueEnd !== MALFORMED && depth >= DEPTH_CHOICE) {
      const key = readString(bytes, open, end);
      if (key === 'finish_reason' && depth === DEPTH_CHOICE) this.finishReason = readString(bytes, start, valueEnd);
      else if (key !== null && TEXT_KEYS.has(key)) this.textBytes += valueEnd - start - 2;
    }
    return valueEnd;
  }

  private takeTopField(open: number, end: number, start: number): number {
    const { bytes } = this;
    const first = bytes[start];
    const isContainer = first === OPEN_BRACE || first === OPEN_BRACKET;
    const key = isContainer || first === QUOTE ? readTopKey(bytes, open, end) : null;
    if ((key === 'usage' && first === OPEN_BRACE) || key === 'error') {
      const valueEnd = skipValue(bytes, start);
      this[key] = { start, end: valueEnd };
      return valueEnd;
    }
    if (key === 'choices') {
      this.hasNoChoices = bytes[skipSpace(bytes, start + 1)] === CLOSE_BRACKET;
      if (this.usage === null && this.error === null) this.headEnd = open;
    }
    return isContainer ? start : skipScalar(bytes, start);
  }
}

/** Decodes only what has the length of a key that is looked for: most keys are not. */
function readTopKey(bytes: Buffer, open: number, end: number): string | null {
  const length = end - open - 2;
  return length === 'usage'.length || length === 'choices'.length ? readString(bytes, open, end) : null;
}
