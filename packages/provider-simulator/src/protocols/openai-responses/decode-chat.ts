import type { ChatRequest } from '../../answers/chat-request.js';
import { planAnswer } from '../../answers/plan-answer.js';
import { estimateTokens } from '../../answers/tokens.js';
import { isFields, listOfFields, type Fields } from '../fields.js';
import { checkInteger, invalidValue, missing, optionalNumber, readModel, wrongType } from '../openai/validate.js';
import { refuse, type Call, type DecodedCall, type RefusedCall } from '../protocol.js';
import { answerWith, jsonReply } from '../replies.js';
import { encodeResponse } from './encode-chat.js';
import { encodeResponseStream } from './encode-chat-stream.js';
import { charactersOf, readInput, type Input } from './input-items.js';
import { keepResponse, RESPONSES } from './stored-responses.js';
import { namedTools } from '../chat-fields.js';

/** OpenAI's own limit. */
const OUTPUT_TOKENS_MIN = 16;
const OUTPUT_TOKENS_MAX = 1_000_000_000;

/** `POST /v1/responses`. */
export function respond(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const input = readRequest(call, fields);
  if (input.kind === 'refused') return input;
  const request = toChatRequest(fields, input);
  return answerWith((context) => {
    const encoded = encodeResponse(planAnswer(request, context.behaviour), context, fields);
    if (fields['store'] !== false) keepResponse(call, context, { input, fields, response: encoded.response });
    if (fields['stream'] === true) return encodeResponseStream(encoded, context);
    return jsonReply(fields['background'] === true ? encoded.queued : encoded.response);
  }, model);
}

/** `POST /v1/responses/input_tokens`: what the same request would count as input. */
export function countInputTokens(call: Call): DecodedCall | RefusedCall {
  if (!isFields(call.body)) return wrongType('body', 'an object', call.body);
  const fields = call.body;
  const input = readRequest(call, fields);
  if (input.kind === 'refused') return input;
  const { inputCharacters } = toChatRequest(fields, input);
  return answerWith(
    ({ behaviour }) =>
      jsonReply({
        object: 'response.input_tokens',
        input_tokens: behaviour.inputTokens ?? estimateTokens(inputCharacters),
      }),
    typeof fields['model'] === 'string' ? fields['model'] : '',
  );
}

interface ReadInput extends Input {
  readonly kind: 'read';
  /** Of the responses that this one goes on from. */
  readonly earlierCharacters: number;
}

function readRequest(call: Call, fields: Fields): ReadInput | RefusedCall {
  const refusal =
    checkInteger(fields, 'max_output_tokens', OUTPUT_TOKENS_MIN, OUTPUT_TOKENS_MAX) ??
    checkTools(fields['tools']) ??
    checkFlags(fields);
  if (refusal !== undefined) return refusal;
  const previousId = fields['previous_response_id'];
  const previous = typeof previousId === 'string' ? call.memory.shelf(RESPONSES).get(previousId) : undefined;
  if (typeof previousId === 'string' && previous === undefined) {
    const message = `Previous response with id '${previousId}' not found.`;
    const code = 'previous_response_not_found';
    return refuse({ kind: 'invalid_request', model: '', param: 'previous_response_id', code, message });
  }
  const input = readInput(fields['input']);
  if ('kind' in input) return input;
  return { ...input, kind: 'read', earlierCharacters: previous?.characters ?? 0 };
}

function checkFlags(fields: Fields): RefusedCall | undefined {
  for (const name of ['stream', 'store', 'background']) {
    const value = fields[name];
    if (value !== undefined && value !== null && typeof value !== 'boolean') return wrongType(name, 'a boolean', value);
  }
  if (fields['background'] === true && fields['store'] === false) {
    return invalidValue('background', "background mode requires 'store' to be true.");
  }
  return undefined;
}

function checkTools(tools: unknown): RefusedCall | undefined {
  if (tools === undefined || tools === null) return undefined;
  if (!Array.isArray(tools)) return wrongType('tools', 'an array of objects', tools);
  for (const [index, tool] of tools.entries()) {
    if (!isFields(tool)) return wrongType(`tools[${index}]`, 'an object', tool);
    if (tool['type'] === undefined) return missing(`tools[${index}].type`);
    if (tool['type'] === 'function' && typeof tool['name'] !== 'string') return missing(`tools[${index}].name`);
  }
  return undefined;
}

function toChatRequest(fields: Fields, input: ReadInput): ChatRequest {
  const instructions = typeof fields['instructions'] === 'string' ? fields['instructions'] : '';
  return {
    question: input.question,
    inputCharacters: instructions.length + input.earlierCharacters + charactersOf(input.items),
    tools: namedTools(listOfFields(fields['tools']).filter(({ type }) => type === 'function')),
    toolChoice: toolChoiceOf(fields['tool_choice']),
    endsWithToolResult: input.items.at(-1)?.['type'] === 'function_call_output',
    outputTokensMax: optionalNumber(fields, 'max_output_tokens'),
    format: formatOf(fields['text']),
    choiceCount: 1,
  };
}

function toolChoiceOf(choice: unknown): ChatRequest['toolChoice'] {
  if (choice === 'none' || choice === 'required') return choice;
  return isFields(choice) && typeof choice['name'] === 'string' ? { name: choice['name'] } : 'auto';
}

function formatOf(text: unknown): ChatRequest['format'] {
  const format = isFields(text) ? text['format'] : undefined;
  if (!isFields(format)) return 'text';
  if (format['type'] === 'json_schema') return { schema: format['schema'] };
  return format['type'] === 'json_object' ? 'json' : 'text';
}
