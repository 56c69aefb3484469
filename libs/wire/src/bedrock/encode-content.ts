import { argumentsOf } from '../canonical/tool-texts.js';
import type { CacheMark, DocumentPart, Message, Part, Source } from '../canonical/index.js';
import { inexpressible } from '../json-object.js';

type Block = Record<string, unknown>;

const PROTOCOL = 'Bedrock Converse';
const NAME_CHARACTERS_MAX = 200;

const IMAGE_FORMATS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

const DOCUMENT_FORMATS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};

/** The turns of a conversation: Bedrock refuses two of the same side after each other, so those become one. */
export function encodeMessages(messages: readonly Message[]): Block[] {
  const names = new DocumentNames();
  const turns: { role: string; content: Block[] }[] = [];
  for (const { role, parts } of messages) {
    const side = role === 'assistant' ? 'assistant' : 'user';
    const content = parts.flatMap((part) => encodePart(part, names));
    const last = turns.at(-1);
    if (last?.role === side) last.content.push(...content);
    else turns.push({ role: side, content });
  }
  return turns;
}

/** Marks that everything before may be cached. */
export function cachePoint(cache: CacheMark | undefined): Block[] {
  if (!cache) return [];
  return [{ cachePoint: cache.ttl === '1h' ? { type: 'default', ttl: '1h' } : { type: 'default' } }];
}

function encodePart(part: Part, names: DocumentNames): Block[] {
  if (part.type === 'reasoning') return encodeThought(part);
  const block = encodeBlock(part, names);
  return block === null ? [] : [block, ...cachePoint('cache' in part ? part.cache : undefined)];
}

function encodeBlock(part: Exclude<Part, { type: 'reasoning' }>, names: DocumentNames): Block | null {
  switch (part.type) {
    case 'text':
    case 'refusal':
      // Bedrock refuses empty text.
      return part.text === '' ? null : { text: part.text };
    case 'image':
      return { image: encodeMedia(part.source, IMAGE_FORMATS, 'images') };
    case 'audio':
      throw inexpressible('sound', PROTOCOL);
    case 'document':
      return encodeDocument(part, names);
    case 'tool_call':
      return { toolUse: { toolUseId: part.id, name: part.name, input: argumentsOf(part.argumentsJson) } };
    case 'tool_result': {
      const content = part.parts.map((inner) => encodeBlock(inner, names)).filter((block) => block !== null);
      return {
        toolResult: { toolUseId: part.callId, content, ...(part.isError && { status: 'error' }) },
      };
    }
  }
}

function encodeThought(part: Extract<Part, { type: 'reasoning' }>): Block[] {
  if (part.redacted !== null) return [{ reasoningContent: { redactedContent: part.redacted } }];
  // Without its proof a thought is refused.
  if (part.signature === null) return [];
  return [{ reasoningContent: { reasoningText: { text: part.text, signature: part.signature } } }];
}

function encodeMedia(source: Source, formats: Readonly<Record<string, string>>, what: string): Block {
  if (source.kind !== 'data') throw inexpressible(`${what} that are not in the request itself`, PROTOCOL);
  const format = formats[source.mediaType];
  if (format === undefined) throw inexpressible(`${what} of the kind ${source.mediaType}`, PROTOCOL);
  return { format, source: { bytes: source.data } };
}

function encodeDocument({ source, name, citations }: DocumentPart, names: DocumentNames): Block {
  const media =
    source.kind === 'text'
      ? { format: 'txt', source: { bytes: Buffer.from(source.text).toString('base64') } }
      : encodeMedia(source, DOCUMENT_FORMATS, 'documents');
  return { document: { ...media, name: names.of(name), ...(citations && { citations: { enabled: true } }) } };
}

/** Names as Bedrock takes them: few signs, no two spaces in a row, each name once. */
class DocumentNames {
  private readonly taken = new Set<string>();

  of(name: string | null): string {
    const plain = (name ?? '').replaceAll(/[^\p{ASCII}]|[^\w\s()[\]-]|_/gu, '-').replaceAll(/\s+/g, ' ');
    const wanted = plain.trim().slice(0, NAME_CHARACTERS_MAX - 8) || 'document';
    let free = wanted;
    for (let count = 2; this.taken.has(free); count += 1) free = `${wanted} ${count}`;
    this.taken.add(free);
    return free;
  }
}
