import { z } from 'zod';
import { defineEvent } from '../define.js';
import { epochMs, id } from '../fields.js';

/** A gateway has left a deployment alone for a while, or found that it works again: every gateway listens. */
export const circuitChangedV1 = defineEvent({
  subject: 'evt.gateway.circuit.changed.v1',
  owner: 'gateway',
  payload: z.object({
    deploymentId: id,
    gatewayId: id,
    /** Null: it is called as usual again. */
    openForMs: z.number().min(0).max(3_600_000).nullable(),
    atMs: epochMs,
  }),
  example: { deploymentId: 'dep_1', gatewayId: 'gw_1', openForMs: 5_000, atMs: 1_767_225_600_000 },
});
