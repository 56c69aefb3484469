import { estimateTokens } from '../../answers/tokens.js';
import { isFields } from '../fields.js';
import { decodeSegment, jsonOperation } from '../json-operation.js';
import type { Operation } from '../protocol.js';
import { toChatRequest } from './decode-chat.js';
import { checkAccess, readGeneration } from './validate.js';

/** `POST …/models/{model}:countTokens`, of contents or of a whole request: the same input as a generation would report. */
export function countTokens(model: string): Operation {
  return (call) => {
    const refusal = checkAccess(call);
    if (refusal !== undefined) return refusal;
    const whole = isFields(call.body) ? call.body['generateContentRequest'] : undefined;
    const read = readGeneration(whole ?? call.body);
    if (read.kind === 'refused') return read;
    const { inputCharacters } = toChatRequest(read.fields);
    return jsonOperation(decodeSegment(model), ({ behaviour }) => {
      const totalTokens = behaviour.inputTokens ?? estimateTokens(inputCharacters);
      return { totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] };
    });
  };
}
