import { isFields, listOfFields, type Fields } from '../fields.js';
import { refuse, type RefusedCall } from '../protocol.js';

const MESSAGES_MAX = 100_000;

export function invalid(message: string): RefusedCall {
  return refuse({ kind: 'invalid_request', model: '', message });
}

/** The fields of a conversation, or the complaint. */
export function readConversation(body: unknown): { readonly kind: 'read'; fields: Fields } | RefusedCall {
  if (!isFields(body)) return invalid('The request body must be a JSON object.');
  return checkMessages(body['messages']) ?? checkSettings(body) ?? { kind: 'read', fields: body };
}

function checkMessages(messages: unknown): RefusedCall | undefined {
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MESSAGES_MAX) {
    return invalid('A conversation must have at least one message. Try again with one that does.');
  }
  for (const [index, message] of messages.entries()) {
    const refusal = checkMessage(message, index);
    if (refusal !== undefined) return refusal;
  }
  return checkOrder(messages) ?? checkResults(messages);
}

function checkMessage(message: unknown, index: number): RefusedCall | undefined {
  const role: unknown = isFields(message) ? message['role'] : undefined;
  if (role !== 'user' && role !== 'assistant') {
    return invalid(`Value at 'messages.${index}.role' must be one of: assistant, user.`);
  }
  const content: unknown = isFields(message) ? message['content'] : undefined;
  if (!Array.isArray(content) || content.length === 0) {
    return invalid(`The content field in the Message object at messages.${index} is empty.`);
  }
  const blank = content.findIndex((block) => isFields(block) && block['text'] === '');
  return blank < 0
    ? undefined
    : invalid(`The text field in the ContentBlock object at messages.${index}.content.${blank} is blank.`);
}

function checkOrder(messages: readonly Fields[]): RefusedCall | undefined {
  if (messages[0]!['role'] !== 'user') return invalid('A conversation must start with a user message.');
  const repeated = messages.some((message, index) => message['role'] === messages[index - 1]?.['role']);
  return repeated ? invalid('A conversation must alternate between user and assistant roles.') : undefined;
}

/** The ids of the calls or the results of a message. */
export function toolIds(message: Fields | undefined, kind: 'toolUse' | 'toolResult'): string[] {
  return listOfFields(message?.['content']).flatMap((block) => {
    const tool = block[kind];
    return isFields(tool) ? [String(tool['toolUseId'])] : [];
  });
}

/** Every call of a tool is answered in the very next message, and nothing else is answered. */
function checkResults(messages: readonly Fields[]): RefusedCall | undefined {
  for (const [index, message] of messages.entries()) {
    const asked = toolIds(messages[index - 1], 'toolUse');
    const answered = toolIds(message, 'toolResult');
    const open = asked.filter((id) => !answered.includes(id));
    if (open.length > 0) {
      return invalid(
        `Expected toolResult blocks at messages.${index}.content for the following Ids: ${open.join(', ')}`,
      );
    }
    if (answered.some((id) => !asked.includes(id))) {
      return invalid(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
  }
  return undefined;
}

function checkSettings(body: Fields): RefusedCall | undefined {
  const { inferenceConfig, toolConfig } = body;
  const maximum = isFields(inferenceConfig) ? inferenceConfig['maxTokens'] : undefined;
  if (maximum !== undefined && !(typeof maximum === 'number' && Number.isInteger(maximum) && maximum >= 1)) {
    return invalid("Value at 'inferenceConfig.maxTokens' must be greater than or equal to 1.");
  }
  const tools = isFields(toolConfig) ? listOfFields(toolConfig['tools']) : [];
  if (toolConfig !== undefined && tools.length === 0) {
    return invalid("Value at 'toolConfig.tools' must have length greater than or equal to 1.");
  }
  const usesTools = listOfFields(body['messages']).some((message) => toolIds(message, 'toolUse').length > 0);
  return usesTools && tools.length === 0
    ? invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
    : undefined;
}
