import { LOWER_N, OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../bytes.js';
import { locateObject, readItems, type ByteRange, type LocatedFields } from '../json-fields.js';
import { MALFORMED } from '../json-scan.js';
import { readString } from '../json-strings.js';
import { given, invalid, missing } from './request-fields.js';

/** What pricing and limits need to know of a conversation, without its text having been decoded. */
export interface MessagesSummary {
  readonly count: number;
  /** Bytes of all but media parts, as JSON spells them: text never has more tokens than it has bytes. */
  readonly textBytes: number;
  readonly images: number;
  /** Recordings sent, and earlier spoken answers referred to. */
  readonly audios: number;
  /** Files, videos and parts of a kind that we do not know: their bytes say nothing of their tokens. */
  readonly files: number;
}

export interface MessagesLimits {
  readonly messagesMax: number | null;
  /** UTF-16 units of one message's text, as JavaScript counts `length`. */
  readonly contentCharactersMax: number | null;
}

/** Content parts that are not text, and what they count as. A Map: a part may call itself `constructor`. */
const MEDIA: ReadonlyMap<string, 'images' | 'audios' | 'files'> = new Map([
  ['image_url', 'images'],
  ['input_audio', 'audios'],
  ['file', 'files'],
]);
const TEXT_PARTS = new Set(['text', 'refusal']);

/**
 * Scans `messages` once, checking it as far as every provider agrees: objects with a role, content of a known shape, user
 * messages not empty. Throws `missing_required_parameter` and `invalid_parameter` with `param` set.
 */
export class MessagesReader implements MessagesSummary {
  count = 0;
  textBytes = 0;
  images = 0;
  audios = 0;
  files = 0;
  // Of the message being read.
  private hasContent = false;
  private characters = 0;

  constructor(
    private readonly body: Buffer,
    private readonly limits: MessagesLimits,
  ) {}

  /** Gives the index after the array that starts at `start`, or MALFORMED. */
  read(start: number): number {
    if (this.body[start] !== OPEN_BRACKET) throw invalid('messages', 'must be an array of messages');
    const end = readItems(this.body, start, this.readMessage);
    this.textBytes += end - start;
    return end;
  }

  private readonly readMessage = (start: number): number => {
    const { body, limits } = this;
    if (this.count === limits.messagesMax) throw invalid('messages', `must have at most ${limits.messagesMax} items`);
    if (body[start] !== OPEN_BRACE) throw invalid(this.param(), 'must be an object with a role and content');
    this.hasContent = false;
    this.characters = 0;
    const message = locateObject(body, start, this.readField);
    if (message === null) return MALFORMED;
    this.checkMessage(message);
    this.count += 1;
    return message.end;
  };

  /** Content parts are read on the way past them; everything else is skipped. */
  private readonly readField = (key: string, start: number): number | null => {
    if (key === 'audio' && this.body[start] !== LOWER_N) this.audios += 1;
    return key === 'content' && this.body[start] === OPEN_BRACKET ? readItems(this.body, start, this.readPart) : null;
  };

  private readonly readPart = (start: number, index: number): number => {
    const { body } = this;
    if (body[start] !== OPEN_BRACE) throw invalid(this.param(`.content[${index}]`), 'must be an object with a type');
    const part = locateObject(body, start);
    if (part === null) return MALFORMED;
    if (part.duplicate !== null) {
      throw invalid(this.param(`.content[${index}].${part.duplicate}`), 'must be given only once');
    }
    const type = partType(body, part) ?? '';
    const kind = MEDIA.get(type);
    const text = kind === undefined ? given(body, part, 'text') : null;
    if (text !== null && body[text.start] !== QUOTE) {
      throw invalid(this.param(`.content[${index}].text`), 'must be a string');
    }
    if (text !== null) this.countText(text);
    else this.hasContent = true;
    if (kind !== undefined) {
      this[kind] += 1;
      this.textBytes -= part.end - start;
    } else if (!TEXT_PARTS.has(type)) {
      this.files += 1;
    }
    return part.end;
  };

  private checkMessage(message: LocatedFields): void {
    const { body } = this;
    if (message.duplicate !== null) throw invalid(this.param(`.${message.duplicate}`), 'must be given only once');
    const role = given(body, message, 'role');
    if (role === null) throw missing(this.param('.role'), 'system, user, assistant or tool');
    if (body[role.start] !== QUOTE) throw invalid(this.param('.role'), 'must be a string');
    const content = given(body, message, 'content');
    if (content !== null && body[content.start] === QUOTE) this.countText(content);
    else if (content !== null && body[content.start] !== OPEN_BRACKET) {
      throw invalid(this.param('.content'), 'must be a string or an array of content parts');
    }
    const { contentCharactersMax } = this.limits;
    if (contentCharactersMax !== null && this.characters > contentCharactersMax) {
      throw invalid(this.param('.content'), `must have at most ${contentCharactersMax} characters`);
    }
    if (readString(body, role.start, role.end) === 'user' && !this.hasContent) {
      throw missing(this.param('.content'), 'what the user says');
    }
  }

  /** A string never has more characters than bytes, so it is decoded only when its bytes leave the question open. */
  private countText({ start, end }: ByteRange): void {
    const bytes = end - start - 2;
    const { contentCharactersMax } = this.limits;
    if (bytes > 0) this.hasContent = true;
    const isUnderLimit = contentCharactersMax === null || bytes <= contentCharactersMax;
    this.characters += isUnderLimit ? bytes : (readString(this.body, start, end)?.length ?? bytes);
  }

  /** Made only for errors. */
  private param(field = ''): string {
    return `messages[${this.count}]${field}`;
  }
}

function partType(body: Buffer, part: LocatedFields): string | null {
  const type = given(body, part, 'type');
  return type && body[type.start] === QUOTE ? readString(body, type.start, type.end) : null;
}
