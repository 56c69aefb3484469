import { decodeSegment, jsonOperation } from '../json-operation.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { checkAccess } from './validate.js';

const MODEL_NAMES = ['demo-chat'];
/** A fixed date keeps the list the same on every run. */
const CREATED_AT = '2026-01-01T00:00:00Z';
const PATH_PREFIX = '/v1/models/';

function describeModel(id: string): object {
  return { type: 'model', id, display_name: id, created_at: CREATED_AT };
}

/** `GET /v1/models`. */
export function listModels(call: Call): DecodedCall | RefusedCall {
  const [first] = MODEL_NAMES;
  return (
    checkAccess(call) ??
    jsonOperation('', () => ({
      data: MODEL_NAMES.map(describeModel),
      has_more: false,
      first_id: first,
      last_id: MODEL_NAMES.at(-1),
    }))
  );
}

/** `GET /v1/models/{id}`: any name exists. */
export function showModel(call: Call): DecodedCall | RefusedCall {
  const name = decodeSegment(call.path.slice(PATH_PREFIX.length));
  return checkAccess(call) ?? jsonOperation(name, ({ model }) => describeModel(model));
}
