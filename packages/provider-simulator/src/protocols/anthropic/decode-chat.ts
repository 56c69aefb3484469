import type { ChatRequest } from '../../answers/chat-request.js';
import { planAnswer } from '../../answers/plan-answer.js';
import { isFields, listOfFields, type Fields } from '../fields.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { checkMessages } from './check-messages.js';
import { encodeChat } from './encode-chat.js';
import { encodeChatStream } from './encode-chat-stream.js';
import { checkAccess, checkSettings, readModel } from './validate.js';

/** `POST /v1/messages`. */
export function chat(call: Call): DecodedCall | RefusedCall {
  const refusal = checkAccess(call);
  if (refusal !== undefined) return refusal;
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const wrong = checkMessages(fields['messages']) ?? checkSettings(fields);
  if (wrong !== undefined) return wrong;
  const request = toChatRequest(fields);
  return {
    kind: 'decoded',
    model,
    answer: (context) => {
      const answer = planAnswer(request, context.behaviour);
      return fields['stream'] === true ? encodeChatStream(answer, context) : encodeChat(answer, context);
    },
  };
}

/** What the answer depends on; call after `checkMessages`. */
export function toChatRequest(fields: Fields): ChatRequest {
  const messages = listOfFields(fields['messages']);
  let inputCharacters = textOf(fields['system']).length;
  let question = '';
  for (const message of messages) {
    const text = textOf(message['content']);
    inputCharacters += text.length;
    if (message['role'] === 'user' && text !== '') question = text;
  }
  const maximum = fields['max_tokens'];
  return {
    question,
    inputCharacters,
    tools: listOfFields(fields['tools']).map((tool) => ({
      name: String(tool['name']),
      parameters: tool['input_schema'],
    })),
    toolChoice: toolChoiceOf(fields['tool_choice']),
    endsWithToolResult: listOfFields(messages.at(-1)?.['content']).some(({ type }) => type === 'tool_result'),
    outputTokensMax: typeof maximum === 'number' ? maximum : undefined,
    stopSequences: Array.isArray(fields['stop_sequences']) ? fields['stop_sequences'] : [],
    format: formatOf(fields['output_config']),
    choiceCount: 1,
    begun: messages.at(-1)?.['role'] === 'assistant' ? textOf(messages.at(-1)!['content']) : undefined,
  };
}

/** All text of a content: of text blocks, of tool results, and the arguments of calls. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOfFields(content)
    .map((block) => {
      if (typeof block['text'] === 'string') return block['text'];
      if (block['type'] === 'tool_use') return JSON.stringify(block['input']);
      return block['type'] === 'tool_result' ? textOf(block['content']) : '';
    })
    .join('');
}

function toolChoiceOf(choice: unknown): ChatRequest['toolChoice'] {
  if (!isFields(choice)) return 'auto';
  if (choice['type'] === 'tool') return { name: String(choice['name']) };
  if (choice['type'] === 'any') return 'required';
  return choice['type'] === 'none' ? 'none' : 'auto';
}

function formatOf(config: unknown): ChatRequest['format'] {
  const format = isFields(config) ? config['format'] : undefined;
  return isFields(format) && format['type'] === 'json_schema' ? { schema: format['schema'] } : 'text';
}
