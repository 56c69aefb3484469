import { decodeSegment, jsonOperation } from '../json-operation.js';
import type { Call, DecodedCall } from '../protocol.js';

/** The names a newcomer sees; every other name is answered as well. */
const MODEL_NAMES = ['demo-chat', 'demo-embedding'];
/** 2026-01-01: a fixed date keeps the list the same on every run. */
const CREATED_SECONDS = 1_767_225_600;
const PATH_PREFIX = '/v1/models/';

function describeModel(id: string): object {
  return { id, object: 'model', created: CREATED_SECONDS, owned_by: 'simulator' };
}

/** `GET /v1/models`. */
export function listModels(): DecodedCall {
  return jsonOperation('', () => ({ object: 'list', data: MODEL_NAMES.map(describeModel) }));
}

/** `GET /v1/models/{id}`: any name exists. */
export function showModel(call: Call): DecodedCall {
  return jsonOperation(decodeSegment(call.path.slice(PATH_PREFIX.length)), (context) => describeModel(context.model));
}
