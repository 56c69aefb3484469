import type { ShelfKind } from '../../memory/memory.js';
import type { Fields } from '../fields.js';
import { pageOf } from '../paging.js';
import { refuse, type AnswerContext, type Call, type DecodedCall, type RefusedCall } from '../protocol.js';
import { answerWith, jsonReply } from '../replies.js';
import { charactersOf, type Input } from './input-items.js';

interface StoredResponse {
  /** Given to the client; changes as a response in the background goes on. */
  response: Fields;
  /** As it will end; undefined once it has. */
  pending: Fields | undefined;
  readonly inputItems: readonly (Fields & { readonly id: string })[];
  /** Of all text so far, for the figures of a response that goes on from this one. */
  readonly characters: number;
}

/** Stored responses; bounded, as nothing tells the simulator that one is no longer needed. */
export const RESPONSES: ShelfKind<StoredResponse> = {
  name: 'responses',
  countMax: 1000,
  bytesMax: 64 * 1024 * 1024,
  byteCountOf: (stored) => stored.characters,
};

interface Made {
  readonly input: Input & { readonly earlierCharacters: number };
  readonly fields: Fields;
  readonly response: Fields;
}

/** Keeps a response for `GET` and `previous_response_id`. */
export function keepResponse(call: Call, context: AnswerContext, { input, fields, response }: Made): void {
  const inBackground = fields['background'] === true && fields['stream'] !== true;
  const said = charactersOf(input.items) + charactersOf(response['output'] as Fields[]);
  const inputItems = input.items.map((item, index) => ({ id: `msg_${context.id}in${index}`, ...item }));
  call.memory.shelf(RESPONSES).set(String(response['id']), {
    response: inBackground ? { ...response, status: 'queued', output: [], usage: null, completed_at: null } : response,
    pending: inBackground ? response : undefined,
    inputItems,
    characters: input.earlierCharacters + said,
  });
}

/** `GET /v1/responses/{id}`: what runs in the background is in progress at the first look and ready at the next. */
export function showResponse(call: Call, id: string): DecodedCall | RefusedCall {
  return withStored(call, id, (stored) => {
    if (stored.pending !== undefined && stored.response['status'] === 'in_progress') {
      stored.response = stored.pending;
      stored.pending = undefined;
    } else if (stored.pending !== undefined) {
      stored.response = { ...stored.response, status: 'in_progress' };
    }
    return stored.response;
  });
}

/** `DELETE /v1/responses/{id}`. */
export function deleteResponse(call: Call, id: string): DecodedCall | RefusedCall {
  return withStored(call, id, () => {
    call.memory.shelf(RESPONSES).delete(id);
    return { id, object: 'response', deleted: true };
  });
}

/** `POST /v1/responses/{id}/cancel`: only what runs in the background can be cancelled. */
export function cancelResponse(call: Call, id: string): DecodedCall | RefusedCall {
  const stored = call.memory.shelf(RESPONSES).get(id);
  if (stored !== undefined && stored.response['background'] !== true) {
    const message = 'Cannot cancel a synchronous response.';
    return refuse({ kind: 'invalid_request', model: '', message });
  }
  return withStored(call, id, (found) => {
    if (found.pending !== undefined) found.response = { ...found.response, status: 'cancelled' };
    found.pending = undefined;
    return found.response;
  });
}

/** `GET /v1/responses/{id}/input_items`. */
export function listInputItems(call: Call, id: string): DecodedCall | RefusedCall {
  return withStored(call, id, (stored) => pageOf(stored.inputItems, call.query));
}

function withStored(call: Call, id: string, answer: (stored: StoredResponse) => object): DecodedCall | RefusedCall {
  const stored = call.memory.shelf(RESPONSES).get(id);
  if (stored === undefined) {
    const message = `Response with id '${id}' not found.`;
    return refuse({ kind: 'unknown_url', model: '', code: null, message });
  }
  return answerWith(() => jsonReply(answer(stored)), String(stored.response['model']));
}
