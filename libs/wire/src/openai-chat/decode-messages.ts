import type { Message, Part, TextPart, ToolCallPart, ToolResultPart } from '../canonical/index.js';
import type { RequestObject } from '../json-object.js';
import { cacheOf, decodeContent } from './decode-content.js';

/** OpenAI's conversation as instructions and turns: leading system messages apart, tool results in a turn of the user's. */
export function decodeMessages(body: RequestObject): { system: TextPart[]; messages: Message[] } {
  const system: TextPart[] = [];
  const messages: { role: Message['role']; parts: Part[] }[] = [];
  for (const message of body.objects('messages')) {
    const role = message.string('role');
    const isSystem = role === 'system' || role === 'developer';
    if (isSystem && messages.length === 0) {
      system.push(...textsOf(message));
      continue;
    }
    const decoded = decodeMessage(message, role);
    const last = messages.at(-1);
    // Answers to calls made side by side come as messages of their own here, and as one turn elsewhere.
    const isFurtherResult = isToolRole(role) && last?.parts.every(({ type }) => type === 'tool_result');
    if (isFurtherResult) last!.parts.push(...decoded.parts);
    else messages.push(decoded);
  }
  return { system, messages };
}

const isToolRole = (role: string): boolean => role === 'tool' || role === 'function';

function decodeMessage(message: RequestObject, role: string): { role: Message['role']; parts: Part[] } {
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: textsOf(message) };
    case 'user':
      return { role, parts: decodeContent(message) };
    case 'assistant':
      return { role, parts: decodeAssistant(message) };
    case 'tool':
    case 'function':
      return { role: 'user', parts: [decodeToolResult(message)] };
    default:
      throw message.invalid('role', 'must be system, developer, user, assistant or tool');
  }
}

function textsOf(message: RequestObject): TextPart[] {
  return decodeContent(message).map((part) => {
    if (part.type === 'text') return part;
    throw message.invalid('content', 'of instructions must be text');
  });
}

function decodeAssistant(message: RequestObject): Part[] {
  const refusal = message.optionalString('refusal');
  const legacyCall = message.optionalObject('function_call');
  return [
    ...decodeThoughts(message),
    ...decodeContent(message),
    ...(refusal === null ? [] : [{ type: 'refusal' as const, text: refusal }]),
    ...message.objects('tool_calls').map(decodeToolCall),
    ...(legacyCall === null ? [] : [{ ...callOf(legacyCall), id: legacyCall.string('name') }]),
  ];
}

/** LiteLLM's `thinking_blocks`, in which proofs of reasoning travel through OpenAI's clients; bare text has no proof. */
function decodeThoughts(message: RequestObject): Part[] {
  const blocks = message.objects('thinking_blocks');
  if (blocks.length === 0) {
    const text = message.optionalString('reasoning_content') ?? '';
    return text === '' ? [] : [{ type: 'reasoning', text, signature: null, redacted: null }];
  }
  return blocks.map((block) => ({
    type: 'reasoning',
    text: block.optionalString('thinking') ?? '',
    signature: block.optionalString('signature'),
    redacted: block.optionalString('data'),
  }));
}

function decodeToolCall(call: RequestObject): ToolCallPart {
  const called = call.optionalObject('function') ?? call.missing('function');
  const google = call.optionalObject('extra_content')?.optionalObject('google') ?? null;
  const signature = google?.optionalString('thought_signature') ?? null;
  return { ...callOf(called), id: call.string('id'), ...(signature !== null && { signature }), ...cacheOf(call) };
}

const callOf = (called: RequestObject): ToolCallPart => ({
  type: 'tool_call',
  id: '',
  name: called.string('name'),
  argumentsJson: called.optionalString('arguments') ?? '',
});

function decodeToolResult(message: RequestObject): ToolResultPart {
  const name = message.optionalString('name');
  return {
    type: 'tool_result',
    callId: message.optionalString('tool_call_id') ?? name ?? message.missing('tool_call_id'),
    name,
    parts: decodeContent(message).map((part) => {
      if (part.type === 'text' || part.type === 'image' || part.type === 'document') return part;
      throw message.invalid('content', "of a tool's result may hold text, images and files");
    }),
    isError: false,
    ...cacheOf(message),
  };
}
