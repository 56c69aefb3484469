import type { ChatRequest } from '../../answers/chat-request.js';
import { planAnswer } from '../../answers/plan-answer.js';
import { refuse, type Call, type DecodedCall, type RefusedCall } from '../protocol.js';
import { encodeChat } from './encode-chat.js';
import { encodeChatStream } from './encode-chat-stream.js';
import {
  checkInteger,
  invalidValue,
  isFields,
  missing,
  optionalNumber,
  readModel,
  readStop,
  readStreaming,
  wrongType,
  type Fields,
} from './validate.js';
import { functionTools, textOf } from '../chat-fields.js';

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);
const MESSAGES_MAX = 100_000;
/** OpenAI's own limit. */
const CHOICES_MAX = 128;
const OUTPUT_TOKENS_MAX = 1_000_000_000;

/** `POST /v1/chat/completions`. */
export function chat(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const refusal = checkChat(fields);
  if (refusal !== undefined) return refusal;
  const request = toChatRequest(fields, fields['messages'] as readonly Fields[]);
  const { stream, includeUsage } = readStreaming(fields);
  return {
    kind: 'decoded',
    model,
    answer: (context) => {
      const answer = planAnswer(request, context.behaviour);
      return stream
        ? encodeChatStream(answer, context, request.choiceCount, includeUsage)
        : encodeChat(answer, context, request.choiceCount);
    },
  };
}

function checkChat(fields: Fields): RefusedCall | undefined {
  return (
    checkMessages(fields['messages']) ??
    checkInteger(fields, 'n', 1, CHOICES_MAX) ??
    checkInteger(fields, 'max_tokens', 1, OUTPUT_TOKENS_MAX) ??
    checkInteger(fields, 'max_completion_tokens', 1, OUTPUT_TOKENS_MAX) ??
    checkStreaming(fields) ??
    checkTools(fields)
  );
}

function checkMessages(messages: unknown): RefusedCall | undefined {
  if (messages === undefined) return missing('messages');
  if (!Array.isArray(messages)) return wrongType('messages', 'an array of objects', messages);
  if (messages.length === 0) {
    return invalidValue(
      'messages',
      'empty array. Expected an array with minimum length 1, but got an empty array instead.',
      'empty_array',
    );
  }
  if (messages.length > MESSAGES_MAX)
    return invalidValue('messages', `array too long. Expected at most ${MESSAGES_MAX} elements.`);
  for (const [index, message] of messages.entries()) {
    const refusal = checkMessage(message, `messages[${index}]`);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkMessage(message: unknown, at: string): RefusedCall | undefined {
  if (!isFields(message)) return wrongType(at, 'an object', message);
  const { role, content } = message;
  if (role === undefined) return missing(`${at}.role`);
  if (typeof role !== 'string' || !ROLES.has(role)) {
    const supported = [...ROLES].map((name) => `'${name}'`).join(', ');
    return refuse({
      kind: 'invalid_request',
      model: '',
      param: `${at}.role`,
      code: 'invalid_value',
      message: `Invalid value: ${JSON.stringify(role)}. Supported values are: ${supported}.`,
    });
  }
  if (typeof content === 'string' || Array.isArray(content)) return undefined;
  if (content === undefined || content === null) return role === 'assistant' ? undefined : missing(`${at}.content`);
  return wrongType(`${at}.content`, 'one of a string or array of objects', content);
}

function checkStreaming(fields: Fields): RefusedCall | undefined {
  const { stream, stream_options: options } = fields;
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    return wrongType('stream', 'a boolean', stream);
  if (options === undefined || options === null || stream === true) return undefined;
  const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
  return refuse({ kind: 'invalid_request', model: '', param: 'stream_options', message });
}

function checkTools(fields: Fields): RefusedCall | undefined {
  const { tools, tool_choice: choice } = fields;
  const given = tools !== undefined && tools !== null;
  if (given && !Array.isArray(tools)) return wrongType('tools', 'an array of objects', tools);
  if (choice === undefined || choice === null || choice === 'none' || choice === 'auto' || given) return undefined;
  return invalidValue('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
}

function toChatRequest(fields: Fields, messages: readonly Fields[]): ChatRequest {
  let inputCharacters = 0;
  let question = '';
  for (const message of messages) {
    const text = textOf(message['content']);
    inputCharacters += text.length;
    if (message['role'] === 'user') question = text;
  }
  return {
    question,
    inputCharacters,
    tools: functionTools(fields['tools']),
    toolChoice: toolChoiceOf(fields['tool_choice']),
    endsWithToolResult: messages.at(-1)?.['role'] === 'tool',
    outputTokensMax: optionalNumber(fields, 'max_completion_tokens') ?? optionalNumber(fields, 'max_tokens'),
    stopSequences: readStop(fields),
    format: formatOf(fields['response_format']),
    choiceCount: optionalNumber(fields, 'n') ?? 1,
    begun: begunIn(fields, messages.at(-1)),
  };
}

/** As vLLM takes it, for the whole request, or Mistral, for the message. */
function begunIn(fields: Fields, last: Fields | undefined): string | undefined {
  if (last?.['role'] !== 'assistant') return undefined;
  return fields['continue_final_message'] === true || last['prefix'] === true ? textOf(last['content']) : undefined;
}

function toolChoiceOf(choice: unknown): ChatRequest['toolChoice'] {
  if (choice === 'none' || choice === 'required') return choice;
  const named = isFields(choice) ? choice['function'] : undefined;
  return isFields(named) && typeof named['name'] === 'string' ? { name: named['name'] } : 'auto';
}

function formatOf(format: unknown): ChatRequest['format'] {
  if (!isFields(format)) return 'text';
  const described = format['json_schema'];
  if (format['type'] === 'json_schema' && isFields(described)) return { schema: described['schema'] };
  return format['type'] === 'json_object' ? 'json' : 'text';
}
