import { estimateTokens } from '../../answers/tokens.js';
import { jsonOperation } from '../json-operation.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { checkMessages } from './check-messages.js';
import { toChatRequest } from './decode-chat.js';
import { checkAccess, checkTools, readModel } from './validate.js';

/** `POST /v1/messages/count_tokens`: the same input as a message would report. */
export function countTokens(call: Call): DecodedCall | RefusedCall {
  const refusal = checkAccess(call);
  if (refusal !== undefined) return refusal;
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const wrong = checkMessages(fields['messages']) ?? checkTools(fields);
  if (wrong !== undefined) return wrong;
  const { inputCharacters } = toChatRequest(fields);
  return jsonOperation(model, ({ behaviour }) => ({
    input_tokens: behaviour.inputTokens ?? estimateTokens(inputCharacters),
  }));
}
