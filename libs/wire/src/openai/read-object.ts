import { parseBody, RequestObject } from '../json-object.js';
import { requestFields } from './request-fields.js';

/**
 * The JSON object of a request that is forwarded.
 * @throws AppError `invalid_json`; `invalid_parameter` for a field that is given twice: the provider might read the other.
 */
export function readObject(body: Buffer): RequestObject {
  const request = RequestObject.of(parseBody(body));
  requestFields(body);
  return request;
}
