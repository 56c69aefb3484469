import { CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../bytes.js';
import { locateObject, visitItems, type ByteRange, type LocatedFields } from '../json-fields.js';
import { skipSpace } from '../json-scan.js';
import { readString } from '../json-strings.js';
import { given, invalid, missing, stringAt } from './request-fields.js';

/** What pricing and limits need to know of a conversation, without its text having been decoded. */
export interface MessagesSummary {
  readonly count: number;
  /** Bytes of all but media parts, as JSON spells them: text never has more tokens than it has bytes. */
  readonly textBytes: number;
  readonly images: number;
  readonly audios: number;
  readonly files: number;
}

export interface MessagesLimits {
  readonly messagesMax: number | null;
  /** UTF-16 units of one message's text, as JavaScript counts `length`. */
  readonly contentCharactersMax: number | null;
}

interface Tally {
  mediaBytes: number;
  images: number;
  audios: number;
  files: number;
}

/** Content parts that are not text, and what they count as. */
const MEDIA: Readonly<Record<string, 'images' | 'audios' | 'files'>> = {
  image_url: 'images',
  input_audio: 'audios',
  file: 'files',
};

/**
 * Checks `messages` (an array at `range`) as far as every provider agrees: objects with a role, content of a known shape,
 * user messages not empty. Throws `missing_required_parameter` and `invalid_parameter` with `param` set.
 */
export function summariseMessages(body: Buffer, range: ByteRange, limits: MessagesLimits): MessagesSummary {
  const tally: Tally = { mediaBytes: 0, images: 0, audios: 0, files: 0 };
  const count = visitItems(body, range.start, (start, _end, index) => {
    if (index === limits.messagesMax) throw invalid('messages', `must have at most ${limits.messagesMax} items`);
    readMessage(body, start, `messages[${index}]`, limits.contentCharactersMax, tally);
  });
  if (count === 0) throw missing('messages', 'at least one message');
  const { mediaBytes, ...media } = tally;
  return { count, textBytes: range.end - range.start - mediaBytes, ...media };
}

function readMessage(body: Buffer, start: number, param: string, charactersMax: number | null, tally: Tally): void {
  const fields = locateObject(body, start);
  if (fields === null) throw invalid(param, 'must be an object with a role and content');
  if (fields.duplicate !== null) throw invalid(`${param}.${fields.duplicate}`, 'must be given only once');
  const role = given(body, fields, 'role');
  if (role === null) throw missing(`${param}.role`, 'system, user, assistant or tool');
  const isUser = stringAt(body, role, `${param}.role`) === 'user';
  const content = given(body, fields, 'content');
  const hasContent = content !== null && readContent(body, content, `${param}.content`, charactersMax, tally);
  if (isUser && !hasContent) throw missing(`${param}.content`, 'what the user says');
}

/** Whether the content says anything. */
function readContent(
  body: Buffer,
  content: ByteRange,
  param: string,
  charactersMax: number | null,
  tally: Tally,
): boolean {
  if (body[content.start] === QUOTE) {
    checkCharacters(charactersIn(body, content, charactersMax), charactersMax, param);
    return content.end - content.start > 2;
  }
  if (body[content.start] !== OPEN_BRACKET) throw invalid(param, 'must be a string or an array of content parts');
  return readParts(body, content, param, charactersMax, tally);
}

function readParts(
  body: Buffer,
  content: ByteRange,
  param: string,
  charactersMax: number | null,
  tally: Tally,
): boolean {
  if (body[skipSpace(body, content.start + 1)] === CLOSE_BRACKET) return false;
  let hasContent = false;
  let characters = 0;
  visitItems(body, content.start, (start, end, index) => {
    const part = body[start] === OPEN_BRACE ? locateObject(body, start) : null;
    if (part === null) throw invalid(`${param}[${index}]`, 'must be an object with a type');
    const kind = MEDIA[partType(body, part) ?? ''];
    if (kind !== undefined) {
      tally[kind] += 1;
      tally.mediaBytes += end - start;
      hasContent = true;
      return;
    }
    const text = given(body, part, 'text');
    if (text === null) hasContent = true;
    else if (body[text.start] !== QUOTE) throw invalid(`${param}[${index}].text`, 'must be a string');
    else {
      hasContent ||= text.end - text.start > 2;
      characters += charactersIn(body, text, charactersMax);
    }
  });
  checkCharacters(characters, charactersMax, param);
  return hasContent;
}

function partType(body: Buffer, part: LocatedFields): string | null {
  const type = given(body, part, 'type');
  return type && body[type.start] === QUOTE ? readString(body, type.start, type.end) : null;
}

/** A string never has more characters than bytes, so it is decoded only when its bytes leave the question open. */
function charactersIn(body: Buffer, range: ByteRange, charactersMax: number | null): number {
  const bytes = range.end - range.start - 2;
  if (charactersMax === null || bytes <= charactersMax) return bytes;
  return readString(body, range.start, range.end)?.length ?? bytes;
}

function checkCharacters(characters: number, charactersMax: number | null, param: string): void {
  if (charactersMax !== null && characters > charactersMax) {
    throw invalid(param, `must have at most ${charactersMax} characters`);
  }
}
