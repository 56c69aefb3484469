import type { Message, Part, TextPart, ToolResultPart } from '../canonical/index.js';
import type { RequestObject } from '../json-object.js';
import { decodeContent } from './decode-content.js';
import { callSignatureOf, proofOf } from './proofs.js';
import { LOCAL_SHELL } from './tools.js';

/**
 * The input as instructions and turns: leading instructions apart, what the assistant thought, said and called in one
 * turn, the results of its calls in one of the user's.
 */
export function decodeItems(body: RequestObject): { system: TextPart[]; messages: Message[]; inexpressible: string[] } {
  const turns = new Turns();
  const instructions = body.optionalString('instructions') ?? '';
  if (instructions !== '') turns.system.push({ type: 'text', text: instructions });
  if (typeof body.json['input'] === 'string') turns.say('user', [{ type: 'text', text: body.string('input') }]);
  else for (const item of body.objects('input')) turns.add(item);
  return { system: turns.system, messages: turns.messages, inexpressible: [...turns.foreign] };
}

class Turns {
  readonly system: TextPart[] = [];
  readonly messages: { role: Message['role']; parts: Part[] }[] = [];
  /** Items that only OpenAI can take, such as what its own tools did. */
  readonly foreign = new Set<string>();
  /** Of the call that comes next. */
  private callSignature: string | null = null;

  add(item: RequestObject): void {
    const type = item.optionalString('type') ?? (item.has('role') ? 'message' : 'item_reference');
    switch (type) {
      case 'message':
        return this.message(item);
      case 'reasoning':
        return this.reason(item);
      case 'function_call':
        return this.call(item.string('call_id'), item.string('name'), item.string('arguments'));
      case 'custom_tool_call':
        return this.call(item.string('call_id'), item.string('name'), JSON.stringify({ input: item.string('input') }));
      case 'local_shell_call':
        return this.call(item.string('call_id'), LOCAL_SHELL, JSON.stringify(shellArguments(item)));
      case 'function_call_output':
      case 'custom_tool_call_output':
      case 'local_shell_call_output':
        return this.result(item);
      case 'item_reference':
        throw item.invalid('type', 'must not be item_reference: give the item itself, or previous_response_id');
      default:
        this.foreign.add(`input (${type})`);
    }
  }

  say(role: Message['role'], parts: readonly Part[]): void {
    const last = this.messages.at(-1);
    if (role === 'assistant' && last?.role === role) last.parts.push(...parts);
    else this.messages.push({ role, parts: [...parts] });
  }

  private message(item: RequestObject): void {
    const role = item.string('role');
    const parts = decodeContent(item, 'content');
    switch (role) {
      case 'user':
      case 'assistant':
        return this.say(role, parts);
      case 'system':
      case 'developer': {
        const texts = parts.filter((part) => part.type === 'text');
        if (texts.length < parts.length) throw item.invalid('content', 'of instructions must be text');
        if (this.messages.length === 0) this.system.push(...texts);
        else this.say('system', texts);
        return;
      }
      default:
        throw item.invalid('role', 'must be user, assistant, system or developer');
    }
  }

  private reason(item: RequestObject): void {
    const encrypted = item.optionalString('encrypted_content');
    this.callSignature = callSignatureOf(encrypted);
    if (this.callSignature !== null) return;
    const shown = item.objects('content').length > 0 ? item.objects('content') : item.objects('summary');
    const text = shown.map((part) => part.string('text')).join('\n\n');
    if (text === '' && encrypted === null) return;
    this.say('assistant', [{ type: 'reasoning', text, ...proofOf(encrypted) }]);
  }

  private call(id: string, name: string, argumentsJson: string): void {
    const signature = this.callSignature;
    this.callSignature = null;
    this.say('assistant', [{ type: 'tool_call', id, name, argumentsJson, ...(signature !== null && { signature }) }]);
  }

  private result(item: RequestObject): void {
    const result = decodeResult(item);
    const last = this.messages.at(-1);
    if (last?.role === 'user' && last.parts.every(({ type }) => type === 'tool_result')) last.parts.push(result);
    else this.messages.push({ role: 'user', parts: [result] });
  }
}

function shellArguments(item: RequestObject): object {
  const action = item.optionalObject('action') ?? item.missing('action');
  const { command, timeout_ms: timeoutMs, working_directory: folder } = action.json;
  return {
    command,
    ...(timeoutMs != null && { timeout_ms: timeoutMs }),
    ...(folder != null && { working_directory: folder }),
  };
}

/** The output of a `local_shell` call names the call by `id`, where the others have `call_id`. */
function decodeResult(item: RequestObject): ToolResultPart {
  return {
    type: 'tool_result',
    callId: item.optionalString('call_id') ?? item.optionalString('id') ?? item.missing('call_id'),
    name: item.optionalString('name'),
    parts: decodeContent(item, 'output').map((part) => {
      if (part.type === 'text' || part.type === 'image' || part.type === 'document') return part;
      throw item.invalid('output', 'of a tool may hold text, images and files');
    }),
    isError: false,
  };
}
