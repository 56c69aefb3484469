import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, epochMs, id, modelName } from '../../fields.js';

/** What a stored response may have, compressed and sealed: a message of the bus holds about a megabyte. */
export const RESPONSE_CONTENT_LENGTH_MAX = 900_000;

/** A response of `POST /v1/responses` that is kept for its caller, sealed: only gateways read prompts and answers. */
export const storedResponse = z.object({
  id,
  model: modelName,
  /** Which provider answered. */
  providerId: id,
  content: z.string().max(RESPONSE_CONTENT_LENGTH_MAX),
  createdAtMs: epochMs,
  expiresAtMs: epochMs,
});
export type StoredResponse = z.output<typeof storedResponse>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'member' as const };
const responseExample: z.input<typeof storedResponse> = {
  id: 'resp_1',
  model: 'demo-chat',
  providerId: 'prov_1',
  content: 'v1.…',
  createdAtMs: 1_767_225_600_000,
  expiresAtMs: 1_769_817_600_000,
};

/**
 * Keeps a response for the key that it answered. The same id again changes nothing. `capacity_exceeded`: the organisation
 * has no room left.
 */
export const saveResponseV1 = defineRpc({
  subject: 'rpc.agents.save-response.v1',
  owner: 'agents',
  request: z.object({
    actor,
    teamId: id.nullable(),
    response: storedResponse.omit({ createdAtMs: true, expiresAtMs: true }),
  }),
  response: z.object({ expiresAtMs: epochMs }),
  example: {
    request: {
      actor: actorExample,
      teamId: null,
      response: { id: 'resp_1', model: 'demo-chat', providerId: 'prov_1', content: 'v1.…' },
    },
    response: { expiresAtMs: 1_769_817_600_000 },
  },
});

/** A stored response, for its key, the other keys of its user, and admins of the organisation; else `not_found`. */
export const getResponseV1 = defineRpc({
  subject: 'rpc.agents.get-response.v1',
  owner: 'agents',
  request: z.object({ actor, responseId: id }),
  response: z.object({ response: storedResponse }),
  example: {
    request: { actor: actorExample, responseId: 'resp_1' },
    response: { response: responseExample },
  },
});

/** Forgets a stored response; `not_found` as above. */
export const deleteResponseV1 = defineRpc({
  subject: 'rpc.agents.delete-response.v1',
  owner: 'agents',
  request: z.object({ actor, responseId: id }),
  response: z.object({ id }),
  example: { request: { actor: actorExample, responseId: 'resp_1' }, response: { id: 'resp_1' } },
});
