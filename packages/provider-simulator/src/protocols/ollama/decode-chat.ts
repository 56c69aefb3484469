import type { ChatRequest } from '../../answers/chat-request.js';
import { planAnswer } from '../../answers/plan-answer.js';
import { isFields, type Fields } from '../fields.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { answerWith } from '../replies.js';
import { encodeChat, encodeLoaded, type Shape } from './encode-chat.js';
import { encodeChatStream } from './encode-chat-stream.js';
import { invalid } from './errors.js';
import { functionTools } from '../chat-fields.js';

/** The fields of a body with the model that every one names. */
export function readNamed(body: unknown): { readonly fields: Fields; readonly model: string } | RefusedCall {
  if (!isFields(body)) return invalid('missing request body');
  const model = body['model'] ?? body['name'];
  return typeof model === 'string' && model !== '' ? { fields: body, model } : invalid('model is required');
}

/** `POST /api/chat`. */
export function chat(call: Call): DecodedCall | RefusedCall {
  const read = readNamed(call.body);
  if ('kind' in read) return read;
  const { fields, model } = read;
  const messages = fields['messages'] ?? [];
  if (!Array.isArray(messages) || !messages.every(isFields)) return invalid('messages must be a list of objects');
  if (messages.some((message) => typeof message['role'] !== 'string')) return invalid('a message needs a role');
  const texts = messages.map((message) => (typeof message['content'] === 'string' ? message['content'] : ''));
  const asked = messages.findLastIndex((message) => message['role'] === 'user');
  const request = toChatRequest(
    fields,
    texts[asked] ?? '',
    texts.join('').length,
    messages.at(-1)?.['role'] === 'tool',
  );
  return answerAs('chat', request, fields, model, messages.length === 0);
}

/** `POST /api/generate`. */
export function generate(call: Call): DecodedCall | RefusedCall {
  const read = readNamed(call.body);
  if ('kind' in read) return read;
  const { fields, model } = read;
  const { prompt = '', system = '' } = fields;
  if (typeof prompt !== 'string' || typeof system !== 'string') return invalid('prompt and system must be strings');
  const request = toChatRequest({ ...fields, tools: undefined }, prompt, prompt.length + system.length, false);
  return answerAs('generate', request, fields, model, prompt === '');
}

/** Without anything to answer Ollama only loads the model. */
function answerAs(shape: Shape, request: ChatRequest, fields: Fields, model: string, empty: boolean): DecodedCall {
  return answerWith((context) => {
    if (empty) return encodeLoaded(shape, context);
    const answer = planAnswer(request, context.behaviour);
    return fields['stream'] === false ? encodeChat(answer, shape, context) : encodeChatStream(answer, shape, context);
  }, model);
}

function toChatRequest(fields: Fields, question: string, inputCharacters: number, afterTool: boolean): ChatRequest {
  const { options, format } = fields;
  const limit = isFields(options) ? options['num_predict'] : undefined;
  return {
    question,
    inputCharacters,
    tools: functionTools(fields['tools']),
    toolChoice: 'auto',
    endsWithToolResult: afterTool,
    // Negative: without a limit.
    outputTokensMax: typeof limit === 'number' && limit >= 0 ? limit : undefined,
    format: isFields(format) ? { schema: format } : format === 'json' ? 'json' : 'text',
    choiceCount: 1,
  };
}
