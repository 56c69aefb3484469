import type { ConversationRequest } from '../canonical/index.js';
import { fieldsOf, isObject } from '../json-object.js';
import { decodeRequest } from './decode-request.js';

/**
 * Reads the body of `:countTokens`: the contents alone, or a whole request under `generateContentRequest`.
 * @throws AppError `missing_required_parameter`, `invalid_parameter`.
 */
export function decodeCountTokensRequest(json: unknown): ConversationRequest {
  const { generateContentRequest, generate_content_request: underscored, ...alone } = fieldsOf(json);
  const whole = generateContentRequest ?? underscored;
  return decodeRequest(isObject(whole) ? { ...whole, model: alone['model'] } : json);
}

/** The answer of `:countTokens`. */
export const encodeTokenCount = (totalTokens: number): string => JSON.stringify({ totalTokens });
