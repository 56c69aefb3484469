import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, modelName, nextCursor, page } from '../../fields.js';
import { modelAlias } from '../../snapshots/routing-table.js';

/** An alias as its administrators see it. */
export const ownedAlias = z.object({ ...modelAlias.shape, source: z.enum(['config', 'api']) });
export type OwnedAlias = z.output<typeof ownedAlias>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const aliasExample: z.input<typeof ownedAlias> = {
  orgId: 'org_1',
  alias: 'fast',
  modelGroup: 'gpt-4o-mini',
  source: 'api',
};

/** Makes an alias of the actor's organisation, or turns it to another model group. */
export const setAliasV1 = defineRpc({
  subject: 'rpc.routing.set-alias.v1',
  owner: 'routing',
  request: z.object({ actor, alias: modelName, modelGroup: modelName, hidden: modelAlias.shape.hidden }),
  response: z.object({ alias: ownedAlias }),
  example: {
    request: { actor: actorExample, alias: 'fast', modelGroup: 'gpt-4o-mini' },
    response: { alias: aliasExample },
  },
});

export const listAliasesV1 = defineRpc({
  subject: 'rpc.routing.list-aliases.v1',
  owner: 'routing',
  request: z.object({ actor, ...page }),
  response: z.object({ data: z.array(ownedAlias), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [aliasExample], nextCursor: null } },
});

export const deleteAliasV1 = defineRpc({
  subject: 'rpc.routing.delete-alias.v1',
  owner: 'routing',
  request: z.object({ actor, alias: modelName }),
  response: z.object({ deleted: z.literal(true) }),
  example: { request: { actor: actorExample, alias: 'fast' }, response: { deleted: true } },
});
