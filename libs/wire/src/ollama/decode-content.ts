import type { ImagePart, Message, Part, TextPart, ToolCallPart, ToolResultPart } from '../canonical/index.js';
import type { RequestObject } from '../json-object.js';

/** How the base64 of a picture begins, by its kind: Ollama's clients do not tell. */
const IMAGE_TYPES: readonly (readonly [start: string, mediaType: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
];

/** Ollama's conversation as instructions and turns, with ids for the calls that have none. */
export function decodeMessages(body: RequestObject): { system: TextPart[]; messages: Message[] } {
  const system: TextPart[] = [];
  const messages: { role: Message['role']; parts: Part[] }[] = [];
  const calls = new OpenCalls();
  for (const message of body.objects('messages')) {
    const role = message.string('role').toLowerCase();
    if (role === 'system' && messages.length === 0) {
      system.push(...textOf(message));
      continue;
    }
    const decoded = decodeMessage(message, role, calls);
    const last = messages.at(-1);
    // Answers to calls made side by side come as messages of their own here, and as one turn elsewhere.
    const isFurtherResult = role === 'tool' && last?.parts.every(({ type }) => type === 'tool_result');
    if (isFurtherResult) last!.parts.push(...decoded.parts);
    else messages.push(decoded);
  }
  return { system, messages };
}

/** The pictures of a message or a prompt. */
export function decodeImages(owner: RequestObject): ImagePart[] {
  return owner.strings('images').map((data) => {
    const known = IMAGE_TYPES.find(([start]) => data.startsWith(start));
    if (!known) throw owner.invalid('images', 'must be PNG, JPEG, GIF or WebP images in base64');
    return { type: 'image', source: { kind: 'data', mediaType: known[1], data }, detail: null };
  });
}

function decodeMessage(
  message: RequestObject,
  role: string,
  calls: OpenCalls,
): { role: Message['role']; parts: Part[] } {
  switch (role) {
    case 'system':
      return { role, parts: textOf(message) };
    case 'user':
      return { role, parts: [...textOf(message), ...decodeImages(message)] };
    case 'assistant':
      return { role, parts: [...thoughtOf(message), ...textOf(message), ...calls.made(message)] };
    case 'tool':
      return { role: 'user', parts: [calls.answered(message)] };
    default:
      throw message.invalid('role', 'must be system, user, assistant or tool');
  }
}

function textOf(message: RequestObject): TextPart[] {
  const text = message.optionalString('content') ?? '';
  return text === '' ? [] : [{ type: 'text', text }];
}

function thoughtOf(message: RequestObject): Part[] {
  const text = message.optionalString('thinking') ?? '';
  return text === '' ? [] : [{ type: 'reasoning', text, signature: null, redacted: null }];
}

/** Calls whose results are to come. Results name their call by id, by the tool's name, or only by their order. */
class OpenCalls {
  private count = 0;
  private open: ToolCallPart[] = [];

  made(message: RequestObject): ToolCallPart[] {
    const made = message.objects('tool_calls').map((call) => this.decodeCall(call));
    this.open.push(...made);
    return made;
  }

  answered(message: RequestObject): ToolResultPart {
    const given = message.optionalString('tool_call_id') || null;
    const name = message.optionalString('tool_name') || null;
    const call = this.open.find((one) => (given !== null ? one.id === given : name === null || one.name === name));
    if (!call && given === null) throw message.invalid('role', 'is tool, but no call waits for this result');
    this.open = this.open.filter((one) => one !== call);
    return {
      type: 'tool_result',
      callId: call?.id ?? given!,
      name: name ?? call?.name ?? null,
      parts: [...textOf(message), ...decodeImages(message)],
      isError: false,
    };
  }

  private decodeCall(call: RequestObject): ToolCallPart {
    const called = call.optionalObject('function') ?? call.missing('function');
    const id = call.optionalString('id') || `call_${this.count}`;
    this.count += 1;
    const argumentsJson = JSON.stringify(called.optionalObject('arguments')?.json ?? {});
    return { type: 'tool_call', id, name: called.string('name'), argumentsJson };
  }
}
