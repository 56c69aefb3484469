import { isFields, listOfFields, type Fields } from '../fields.js';
import type { RefusedCall } from '../protocol.js';
import { invalid } from './validate.js';

/** Anthropic's own limit. */
const MESSAGES_MAX = 100_000;

/** The complaint about messages that Anthropic would refuse. */
export function checkMessages(messages: unknown): RefusedCall | undefined {
  if (messages === undefined) return invalid('messages: Field required');
  if (!Array.isArray(messages)) return invalid('messages: Input should be a valid list');
  if (messages.length === 0) return invalid('messages: at least one message is required');
  if (messages.length > MESSAGES_MAX) return invalid(`messages: at most ${MESSAGES_MAX} messages are allowed`);
  for (const [index, message] of messages.entries()) {
    const refusal = checkMessage(message, index);
    if (refusal !== undefined) return refusal;
  }
  if (messages[0].role !== 'user') return invalid('messages: first message must use the "user" role');
  return checkToolPairs(messages);
}

function checkMessage(message: unknown, index: number): RefusedCall | undefined {
  const at = `messages.${index}`;
  if (!isFields(message)) return invalid(`${at}: Input should be an object`);
  const { role, content } = message;
  if (role === undefined) return invalid(`${at}.role: Field required`);
  // Instructions may also stand between the turns, but not before the first.
  if (role !== 'user' && role !== 'assistant' && !(role === 'system' && index > 0)) {
    return invalid(`${at}.role: Input should be 'user' or 'assistant'`);
  }
  if (content === undefined) return invalid(`${at}.content: Field required`);
  if (typeof content === 'string') {
    return content === '' && role === 'user' ? invalid(`${at}: user messages must have non-empty content`) : undefined;
  }
  if (!Array.isArray(content)) return invalid(`${at}.content: Input should be a valid string or list`);
  for (const [place, block] of content.entries()) {
    const refusal = checkBlock(block, role, `${at}.content.${place}`);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkBlock(block: unknown, role: string, at: string): RefusedCall | undefined {
  if (!isFields(block) || typeof block['type'] !== 'string') return invalid(`${at}.type: Field required`);
  const { type } = block;
  if (type === 'text') {
    if (typeof block['text'] !== 'string') return invalid(`${at}.text.text: Field required`);
    return block['text'] === '' ? invalid('messages: text content blocks must be non-empty') : undefined;
  }
  if (type === 'tool_use') return checkToolUse(block, role, at);
  if (type === 'tool_result') {
    if (role !== 'user') return invalid(`${at}: \`tool_result\` blocks can only be in \`user\` messages`);
    return typeof block['tool_use_id'] === 'string'
      ? undefined
      : invalid(`${at}.tool_result.tool_use_id: Field required`);
  }
  if (type === 'thinking' && typeof block['signature'] !== 'string') {
    return invalid(`${at}.thinking.signature: Field required`);
  }
  return undefined;
}

function checkToolUse(block: Fields, role: string, at: string): RefusedCall | undefined {
  if (role !== 'assistant') return invalid(`${at}: \`tool_use\` blocks can only be in \`assistant\` messages`);
  if (typeof block['id'] !== 'string') return invalid(`${at}.tool_use.id: Field required`);
  if (typeof block['name'] !== 'string') return invalid(`${at}.tool_use.name: Field required`);
  return isFields(block['input']) ? undefined : invalid(`${at}.tool_use.input: Input should be an object`);
}

function idsOf(message: Fields | undefined, type: string, field: string): string[] {
  return listOfFields(message?.['content']).flatMap((block) => (block['type'] === type ? [String(block[field])] : []));
}

/** Every call of a tool is answered in the very next message, and nothing else is answered. */
function checkToolPairs(messages: readonly Fields[]): RefusedCall | undefined {
  for (const [index, message] of messages.entries()) {
    const used = idsOf(message, 'tool_use', 'id');
    const answered = new Set(idsOf(messages[index + 1], 'tool_result', 'tool_use_id'));
    const unanswered = used.filter((id) => !answered.has(id));
    const last = index === messages.length - 1;
    if (unanswered.length > 0 && !last) {
      return invalid(
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks in the next message: ` +
          unanswered.join(', '),
      );
    }
    const asked = new Set(idsOf(messages[index - 1], 'tool_use', 'id'));
    const unasked = idsOf(message, 'tool_result', 'tool_use_id').find((id) => !asked.has(id));
    if (unasked !== undefined) {
      return invalid(
        `messages.${index}: \`tool_result\` found for \`tool_use_id\` ${unasked}, which is not in the previous message`,
      );
    }
  }
  return undefined;
}
