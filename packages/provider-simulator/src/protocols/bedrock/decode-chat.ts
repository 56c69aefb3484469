import type { ChatRequest, OfferedTool } from '../../answers/chat-request.js';
import { planAnswer, type Answer } from '../../answers/plan-answer.js';
import { isFields, listOfFields, type Fields } from '../fields.js';
import type { AnswerContext, Operation, Reply } from '../protocol.js';
import { encodeChat } from './encode-chat.js';
import { encodeChatStream } from './encode-chat-stream.js';
import { readConversation, toolIds } from './validate.js';

/** `POST /model/{model}/converse`. */
export function converse(model: string): Operation {
  return answerConversation(model, encodeChat);
}

/** `POST /model/{model}/converse-stream`. */
export function converseStream(model: string): Operation {
  return answerConversation(model, encodeChatStream);
}

function answerConversation(model: string, encode: (answer: Answer, context: AnswerContext) => Reply): Operation {
  return ({ body }) => {
    const read = readConversation(body);
    if (read.kind === 'refused') return read;
    const request = toChatRequest(read.fields);
    return { kind: 'decoded', model, answer: (context) => encode(planAnswer(request, context.behaviour), context) };
  };
}

function toChatRequest(fields: Fields): ChatRequest {
  const messages = listOfFields(fields['messages']);
  let inputCharacters = textOf(fields['system']).length;
  let question = '';
  for (const message of messages) {
    const text = textOf(message['content']);
    inputCharacters += text.length;
    if (message['role'] === 'user' && text !== '') question = text;
  }
  const config = isFields(fields['inferenceConfig']) ? fields['inferenceConfig'] : {};
  const maximum = config['maxTokens'];
  const stops = config['stopSequences'];
  return {
    question,
    inputCharacters,
    ...toolsOf(fields['toolConfig']),
    endsWithToolResult: toolIds(messages.at(-1), 'toolResult').length > 0,
    outputTokensMax: typeof maximum === 'number' ? maximum : undefined,
    stopSequences: Array.isArray(stops) ? stops.filter((stop) => typeof stop === 'string') : [],
    format: 'text',
    choiceCount: 1,
  };
}

/** All text of a content: of text blocks, of tool results, and the arguments of calls. */
function textOf(content: unknown): string {
  return listOfFields(content)
    .map(({ text, json, toolUse, toolResult }) => {
      if (typeof text === 'string') return text;
      if (isFields(toolResult)) return textOf(toolResult['content']);
      const value = isFields(toolUse) ? toolUse['input'] : json;
      return value === undefined ? '' : JSON.stringify(value);
    })
    .join('');
}

function toolsOf(config: unknown): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  if (!isFields(config)) return { tools: [], toolChoice: 'none' };
  const tools: OfferedTool[] = listOfFields(config['tools']).flatMap(({ toolSpec }) => {
    if (!isFields(toolSpec)) return [];
    const schema = toolSpec['inputSchema'];
    return [{ name: String(toolSpec['name']), parameters: isFields(schema) ? schema['json'] : undefined }];
  });
  const choice = isFields(config['toolChoice']) ? config['toolChoice'] : {};
  const named = choice['tool'];
  if (isFields(named)) return { tools, toolChoice: { name: String(named['name']) } };
  return { tools, toolChoice: choice['any'] === undefined ? 'auto' : 'required' };
}
