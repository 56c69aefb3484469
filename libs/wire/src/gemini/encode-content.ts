import { argumentsOf } from '../canonical/tool-texts.js';
import type { DocumentPart, Message, Part, Source, ToolCallPart, ToolResultPart } from '../canonical/index.js';
import { inexpressible, isObject } from '../json-object.js';
import { namesOfCalls } from './call-ids.js';
import { isGeneration3 } from './models.js';

type Json = Record<string, unknown>;

const PROTOCOL = 'Gemini';
/** What Google documents for calls that another model made: Gemini 3 refuses the first call of a turn without a proof. */
const NO_PROOF = 'skip_thought_signature_validator';
/** Files of Google's own, named by where they are. */
const ADDRESS = /^(?:https?|gs):\/\//;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  pdf: 'application/pdf',
  txt: 'text/plain',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  mp4: 'video/mp4',
};

/** The conversation as Google wants it: turns of user and model, results in the order of their calls. */
export function encodeContents(messages: readonly Message[], model: string): Json[] {
  const encoder = new ContentEncoder(namesOfCalls(messages), isGeneration3(model));
  return messages
    .filter(({ role }) => role !== 'system')
    .map((message) => encoder.encode(message))
    .filter(({ parts }) => (parts as Json[]).length > 0);
}

class ContentEncoder {
  private readonly order: readonly string[];

  constructor(
    private readonly names: ReadonlyMap<string, string>,
    private readonly isGeneration3: boolean,
  ) {
    this.order = [...names.keys()];
  }

  encode({ role, parts }: Message): Json {
    if (role === 'assistant') return { role: 'model', parts: this.proved(parts.flatMap((part) => this.part(part))) };
    const results = parts.filter((part) => part.type === 'tool_result');
    const rest = parts.filter((part) => part.type !== 'tool_result');
    const ordered = results.toSorted((left, right) => this.placeOf(left) - this.placeOf(right));
    // Results go first: Gemini wants them right after the calls, and as many.
    const encoded = [...ordered.map((part) => this.result(part)), ...ordered.flatMap((part) => this.shownBeside(part))];
    return { role: 'user', parts: [...encoded, ...rest.flatMap((part) => this.part(part))] };
  }

  private placeOf({ callId }: ToolResultPart): number {
    return this.order.indexOf(callId);
  }

  /** The first call of a turn needs a proof from Gemini 3 on; those beside it need none. */
  private proved(parts: Json[]): Json[] {
    const first = parts.findIndex((part) => part['functionCall'] !== undefined);
    if (!this.isGeneration3 || first === -1 || parts[first]!['thoughtSignature'] !== undefined) return parts;
    return parts.with(first, { ...parts[first], thoughtSignature: NO_PROOF });
  }

  private part(part: Part): Json[] {
    switch (part.type) {
      case 'text':
      case 'refusal':
        // Google refuses empty text.
        return part.text === '' ? [] : [{ text: part.text }];
      case 'image':
      case 'audio':
        return [encodeSource(part.source)];
      case 'document':
        return [encodeDocument(part)];
      case 'tool_call':
        return [this.call(part)];
      case 'tool_result':
        throw inexpressible('the result of a tool in a turn of the model', PROTOCOL);
      case 'reasoning':
        // Thoughts of others come without a proof that Google could read.
        if (part.signature === null) return [];
        return [{ text: part.text, ...(part.text !== '' && { thought: true }), thoughtSignature: part.signature }];
    }
  }

  private call({ id, name, argumentsJson, signature }: ToolCallPart): Json {
    return {
      functionCall: { ...this.idOf(id), name, args: argumentsOf(argumentsJson) },
      ...(signature !== undefined && { thoughtSignature: signature }),
    };
  }

  private result(result: ToolResultPart): Json {
    const name = result.name ?? this.names.get(result.callId);
    if (name === undefined) throw inexpressible('the result of a tool that was not called', PROTOCOL);
    const text = result.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
    const media = result.parts
      .filter((part) => part.type !== 'text' && this.fitsIn(part))
      .flatMap((part) => this.part(part));
    return {
      functionResponse: {
        ...this.idOf(result.callId),
        name,
        response: result.isError ? { error: text } : responseOf(text),
        ...(media.length > 0 && { parts: media }),
      },
    };
  }

  /** Before Gemini 3 a result holds no media, and never one at an address: they are shown beside it. */
  private shownBeside({ parts }: ToolResultPart): Json[] {
    return parts.filter((part) => part.type !== 'text' && !this.fitsIn(part)).flatMap((part) => this.part(part));
  }

  private fitsIn(part: Part): boolean {
    return this.isGeneration3 && (part.type === 'image' || part.type === 'document') && part.source.kind === 'data';
  }

  /** Earlier generations pair by name and order alone, and Vertex AI refuses the field there. */
  private idOf(id: string): Json {
    return this.isGeneration3 ? { id } : {};
  }
}

/** An object that a tool gave goes as one, where nothing in it can change on the way; all else as its words. */
function responseOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value) && JSON.stringify(value) === text) return value;
  } catch {
    // Words, not JSON.
  }
  return { output: text };
}

function encodeDocument({ source, name }: DocumentPart): Json {
  if (source.kind !== 'text') return encodeSource(source);
  return { text: name === null ? source.text : `${name}\n\n${source.text}` };
}

/** Names of files are left out: the Gemini API refuses them. */
function encodeSource(source: Source): Json {
  switch (source.kind) {
    case 'data':
      return { inlineData: { mimeType: source.mediaType, data: source.data } };
    case 'url':
      return fileData(source.url, source.mediaType);
    case 'file':
      if (!ADDRESS.test(source.id)) throw inexpressible('files that were uploaded elsewhere', PROTOCOL);
      return fileData(source.id, null);
  }
}

function fileData(fileUri: string, mediaType: string | null): Json {
  const extension = /\.(\w+)(?:[?#].*)?$/.exec(fileUri)?.[1]?.toLowerCase() ?? '';
  const mimeType = mediaType ?? MEDIA_TYPES[extension];
  return { fileData: { ...(mimeType !== undefined && { mimeType }), fileUri } };
}
