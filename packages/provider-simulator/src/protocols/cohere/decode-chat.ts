import type { ChatRequest } from '../../answers/chat-request.js';
import { planAnswer } from '../../answers/plan-answer.js';
import { isFields, type Fields } from '../fields.js';
import { checkInteger, missing, optionalNumber, readModel, wrongType } from '../openai/validate.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { answerWith } from '../replies.js';
import { encodeChat } from './encode-chat.js';
import { encodeChatStream } from './encode-chat-stream.js';
import { functionTools, textOf } from '../chat-fields.js';

const ROLES = new Set(['system', 'user', 'assistant', 'tool']);
const OUTPUT_TOKENS_MAX = 1_000_000_000;

/** `POST /v2/chat`. */
export function chat(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const refusal = checkMessages(fields['messages']) ?? checkInteger(fields, 'max_tokens', 1, OUTPUT_TOKENS_MAX);
  if (refusal !== undefined) return refusal;
  const request = toChatRequest(fields, fields['messages'] as readonly Fields[]);
  const documents = documentsOf(fields['documents']);
  return answerWith((context) => {
    const answer = planAnswer(request, context.behaviour);
    return fields['stream'] === true
      ? encodeChatStream(answer, context, documents)
      : encodeChat(answer, context, documents);
  }, model);
}

function checkMessages(messages: unknown): RefusedCall | undefined {
  if (messages === undefined) return missing('messages');
  if (!Array.isArray(messages) || messages.length === 0) return wrongType('messages', 'a list of messages', messages);
  for (const [index, message] of messages.entries()) {
    if (!isFields(message)) return wrongType(`messages[${index}]`, 'an object', message);
    if (!ROLES.has(String(message['role']))) return missing(`messages[${index}].role`);
  }
  return undefined;
}

function toChatRequest(fields: Fields, messages: readonly Fields[]): ChatRequest {
  const texts = messages.map((message) => textOf(message['content']));
  const asked = messages.findLastIndex((message) => message['role'] === 'user');
  return {
    question: texts[asked] ?? '',
    inputCharacters: texts.join('').length,
    tools: functionTools(fields['tools']),
    toolChoice: fields['tool_choice'] === 'REQUIRED' ? 'required' : fields['tool_choice'] === 'NONE' ? 'none' : 'auto',
    endsWithToolResult: messages.at(-1)?.['role'] === 'tool',
    outputTokensMax: optionalNumber(fields, 'max_tokens'),
    format: formatOf(fields['response_format']),
    choiceCount: 1,
  };
}

function formatOf(format: unknown): ChatRequest['format'] {
  if (!isFields(format) || format['type'] !== 'json_object') return 'text';
  const schema = format['json_schema'] ?? format['schema'];
  return schema === undefined ? 'json' : { schema };
}

function documentsOf(documents: unknown): Fields[] {
  if (!Array.isArray(documents)) return [];
  return documents.map((document: unknown, index) => {
    const data = isFields(document) ? (document['data'] ?? document) : { text: document };
    const id = isFields(document) && typeof document['id'] === 'string' ? document['id'] : `doc:${index}`;
    return { id, document: data };
  });
}
