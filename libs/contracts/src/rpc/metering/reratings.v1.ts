import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, nanoUsd, timestamp } from '../../fields.js';

/** Recomputes what the calls of a period cost, by the prices that are in force for it now. Money in nano-dollars. */
export const rerating = z.object({
  id,
  state: z.enum(['running', 'done']),
  from: timestamp,
  to: timestamp,
  model: modelName.nullable(),
  provider: id.nullable(),
  reason: z.string().max(500),
  /** Nothing is changed, only counted. */
  dryRun: z.boolean(),
  /** Of the price list that it rates by: prices that are set later are for another one. */
  priceVersion: z.int().min(0),
  /** Calls that started before this have been looked at. */
  ratedUntil: timestamp,
  /** Calls looked at. */
  scanned: z.int().min(0),
  /** Calls whose cost differs. */
  changed: z.int().min(0),
  /** Calls left as they are because no price is in force for them, or one that no call can cost. */
  unpriced: z.int().min(0),
  /** Sum of the new costs minus the sum of those that stood. */
  difference: nanoUsd,
  createdAt: timestamp,
  finishedAt: timestamp.nullable(),
});
export type Rerating = z.output<typeof rerating>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const reason = 'The price of gpt-4o was lowered from 1 January.';
const example: z.input<typeof rerating> = {
  id: 'rrt_1',
  state: 'done',
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-02-01T00:00:00.000Z',
  model: 'gpt-4o',
  provider: null,
  reason,
  dryRun: false,
  priceVersion: 412,
  ratedUntil: '2026-02-01T00:00:00.000Z',
  scanned: 1200,
  changed: 1199,
  unpriced: 0,
  difference: '-250000',
  createdAt: '2026-02-03T00:00:00.000Z',
  finishedAt: '2026-02-03T00:00:02.000Z',
};

/** Begins a re-rating of the actor's organisation; it goes on in the background. */
export const createReratingV1 = defineRpc({
  subject: 'rpc.metering.create-rerating.v1',
  owner: 'metering',
  request: z.object({
    actor,
    /** Calls that started at this time or later. */
    from: timestamp,
    /** Calls that started before this time. */
    to: timestamp,
    model: modelName.optional(),
    provider: id.optional(),
    reason: z.string().min(1).max(500),
    dryRun: z.boolean().optional().default(false),
  }),
  response: z.object({ rerating }),
  example: {
    request: { actor: actorExample, from: example.from, to: example.to, model: 'gpt-4o', reason },
    response: { rerating: { ...example, state: 'running', ratedUntil: example.from, scanned: 0, finishedAt: null } },
  },
});

export const getReratingV1 = defineRpc({
  subject: 'rpc.metering.get-rerating.v1',
  owner: 'metering',
  request: z.object({ actor, reratingId: id }),
  response: z.object({ rerating }),
  example: { request: { actor: actorExample, reratingId: 'rrt_1' }, response: { rerating: example } },
});
