import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, nanoUsd } from '../../fields.js';

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };

/** A team's id, or a key's where it has no team; with a colon, what callers named inside it: `team_1:drafts`. */
export const cacheNamespace = z
  .string()
  .max(193)
  .regex(/^[\w.-]{1,128}(?::[\w.-]{1,64})?$/, 'must be a team or a key, such as team_1, or team_1:name');

/** How one namespace of the response cache did. Money in nano-dollars. */
export const cacheFigures = z.object({
  namespace: cacheNamespace,
  hits: z.int().min(0),
  /** Of the hits, those by meaning. */
  semanticHits: z.int().min(0),
  misses: z.int().min(0),
  /** Answers kept now; counted up to 10,000. */
  entries: z.int().min(0),
  /** What the repeated answers had cost. */
  saved: nanoUsd,
});
export type CacheFigures = z.output<typeof cacheFigures>;

/** The response cache of the actor's organisation; any gateway answers, they share it. */
export const getCacheStatsV1 = defineRpc({
  subject: 'rpc.gateway.get-cache-stats.v1',
  owner: 'gateway',
  request: z.object({ actor }),
  response: z.object({ namespaces: z.array(cacheFigures).max(1_000) }),
  example: {
    request: { actor: actorExample },
    response: {
      namespaces: [{ namespace: 'team_1', hits: 2, semanticHits: 0, misses: 1, entries: 1, saved: '2500000' }],
    },
  },
});

/** Forgets all answers of the actor's organisation, or of one namespace of it. */
export const flushCacheV1 = defineRpc({
  subject: 'rpc.gateway.flush-cache.v1',
  owner: 'gateway',
  request: z.object({ actor, namespace: cacheNamespace.optional() }),
  response: z.object({ flushed: z.literal(true) }),
  example: { request: { actor: actorExample, namespace: 'team_1' }, response: { flushed: true } },
});
