import type {
  AudioPart,
  DocumentPart,
  ImagePart,
  Message,
  Part,
  Source,
  TextPart,
  ToolResultPart,
} from '../canonical/index.js';
import { isObject, RequestObject } from '../json-object.js';
import { CallIds } from './call-ids.js';

/** What makes up a conversation of Gemini's. */
export interface DecodedContents {
  readonly messages: Message[];
  /** Wishes about single parts that have no place elsewhere. */
  readonly inexpressible: string[];
}

/** Fields of a part that change how Gemini looks at it. */
const PART_WISHES = ['videoMetadata', 'mediaResolution'];
/** What a part may hold that only Google's own tools make. */
const GOOGLE_PARTS = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'];

/** The objects of a list; Google also takes a lone one where it wants a list. */
export function many(owner: RequestObject, key: string): RequestObject[] {
  return isObject(owner.json[key]) ? [RequestObject.of(owner.json[key], owner.at(key))] : owner.objects(key);
}

/** Reads `contents`: the calls in it get ids, and the results the ids of their calls. */
export function decodeContents(body: RequestObject): DecodedContents {
  const contents = many(body, 'contents');
  const parts = contents.flatMap((content) => many(content, 'parts'));
  const calls = new CallIds(parts.flatMap((part) => part.optionalObject('functionCall')?.optionalString('id') ?? []));
  return {
    messages: contents.map((content, turn) => decodeContent(content, turn, calls)),
    inexpressible: PART_WISHES.filter((wish) => parts.some((part) => part.has(wish))),
  };
}

/** The texts of a content, such as `systemInstruction`. */
export function textsOf(content: RequestObject): TextPart[] {
  return many(content, 'parts').map((part) => ({ type: 'text', text: part.string('text') }));
}

function decodeContent(content: RequestObject, turn: number, calls: CallIds): Message {
  const role = content.optionalString('role') ?? 'user';
  const parts: Part[] = [];
  for (const [index, part] of many(content, 'parts').entries()) {
    for (const decoded of decodePart(part, { turn, index, calls })) append(parts, decoded);
  }
  switch (role) {
    case 'model':
      return { role: 'assistant', parts };
    case 'user':
    case 'function':
      return { role: 'user', parts };
    default:
      throw content.invalid('role', 'must be user or model');
  }
}

interface Place {
  readonly turn: number;
  readonly index: number;
  readonly calls: CallIds;
}

function decodePart(part: RequestObject, place: Place): Part[] {
  const signature = part.optionalString('thoughtSignature');
  if (part.has('text')) return decodeText(part, signature);
  if (part.has('functionCall')) return [decodeCall(part.optionalObject('functionCall')!, signature, place)];
  if (part.has('functionResponse')) return [decodeResult(part.optionalObject('functionResponse')!, place.calls)];
  if (part.has('inlineData')) return [decodeInline(part.optionalObject('inlineData')!)];
  if (part.has('fileData')) return [decodeFile(part.optionalObject('fileData')!)];
  const google = GOOGLE_PARTS.find((kind) => part.has(kind));
  if (google !== undefined) throw part.invalid(google, 'is a part that only Google itself can take');
  throw part.invalid('text', 'or other data must be set');
}

/** The proof that Gemini puts beside an answer's text stands for itself here: text elsewhere carries none. */
function decodeText(part: RequestObject, signature: string | null): Part[] {
  const text = part.string('text');
  if (part.optionalBoolean('thought')) return [{ type: 'reasoning', text, signature, redacted: null }];
  const said: Part[] = text === '' && signature !== null ? [] : [{ type: 'text', text }];
  return signature === null ? said : [...said, { type: 'reasoning', text: '', signature, redacted: null }];
}

/** A thought that was streamed comes back in pieces, the last of them with the proof: they are one thought. */
function append(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  const isContinued = part.type === 'reasoning' && last?.type === 'reasoning' && last.signature === null;
  if (isContinued) parts[parts.length - 1] = { ...part, text: last.text + part.text };
  else parts.push(part);
}

function decodeCall(call: RequestObject, signature: string | null, { turn, index, calls }: Place): Part {
  const name = call.string('name');
  return {
    type: 'tool_call',
    id: calls.call(call.optionalString('id'), name, turn, index),
    name,
    argumentsJson: JSON.stringify(call.optionalObject('args')?.json ?? {}),
    ...(signature !== null && { signature }),
  };
}

function decodeResult(result: RequestObject, calls: CallIds): ToolResultPart {
  const name = result.string('name');
  const callId = calls.answer(result.optionalString('id'), name);
  if (callId === null)
    throw result.invalid('name', 'must be that of a function call before it that has no response yet');
  const { text, isError } = decodeResponse(result.optionalObject('response')?.json ?? {});
  const media = many(result, 'parts').map((part) => {
    const data = part.optionalObject('inlineData');
    const decoded = data
      ? decodeInline(data)
      : decodeFile(part.optionalObject('fileData') ?? part.missing('inlineData'));
    if (decoded.type === 'audio')
      throw part.invalid('inlineData', 'of a function response may be an image or a document');
    return decoded;
  });
  const said: TextPart[] = text === '' && media.length > 0 ? [] : [{ type: 'text', text }];
  return { type: 'tool_result', callId, name, parts: [...said, ...media], isError };
}

/** A lone `output` or `error` is the words themselves; every other response is an object that the tool gave. */
function decodeResponse(response: Readonly<Record<string, unknown>>): { text: string; isError: boolean } {
  const { output, error, ...more } = response;
  const isLone = Object.keys(more).length === 0;
  if (isLone && typeof output === 'string' && error === undefined) return { text: output, isError: false };
  if (isLone && typeof error === 'string' && output === undefined) return { text: error, isError: true };
  const isEmpty = Object.keys(response).length === 0;
  return {
    text: isEmpty ? '' : JSON.stringify(response),
    isError: isLone && error !== undefined && output === undefined,
  };
}

function decodeInline(blob: RequestObject): ImagePart | AudioPart | DocumentPart {
  const mediaType = blob.string('mimeType');
  return mediaPart(
    { kind: 'data', mediaType, data: blob.string('data') },
    mediaType,
    blob.optionalString('displayName'),
  );
}

function decodeFile(file: RequestObject): ImagePart | AudioPart | DocumentPart {
  const mediaType = file.optionalString('mimeType');
  const source: Source = { kind: 'url', url: file.string('fileUri'), mediaType };
  return mediaPart(source, mediaType ?? '', file.optionalString('displayName'));
}

/** What is neither picture nor sound (PDF, plain text, video) is a document: a provider that cannot read it says so. */
function mediaPart(source: Source, mediaType: string, name: string | null): ImagePart | AudioPart | DocumentPart {
  if (mediaType.startsWith('image/')) return { type: 'image', source, detail: null };
  return mediaType.startsWith('audio/') ? { type: 'audio', source } : { type: 'document', source, name };
}
