import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, name, nextCursor, page, timestamp } from '../../fields.js';
import { limitNumbers } from '../../limit-rule.js';
import { modelBudget } from '../../model-budget.js';

export const organisation = z.object({ id, name, walletId: id, createdAt: timestamp });
export type Organisation = z.output<typeof organisation>;
export const team = z.object({ id, orgId: id, name, walletId: id.nullable(), createdAt: timestamp });
export type Team = z.output<typeof team>;

const at = '2026-01-01T00:00:00.000Z';
const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const organisationExample = { id: 'org_1', name: 'Example', walletId: 'wal_1', createdAt: at };
const teamExample = { id: 'team_1', orgId: 'org_1', name: 'Default', walletId: null, createdAt: at };

/**
 * Makes the first organisation, its default team, its wallet and its owner's key, unless there is one already: safe to
 * call at every start and by several replicas. `secret` is set only by the call that made the key.
 */
export const bootstrapV1 = defineRpc({
  subject: 'rpc.identity.bootstrap.v1',
  owner: 'identity',
  request: z.object({}),
  response: z.object({ organisation, secret: z.string().nullable() }),
  deadlineMs: 10_000,
  example: { request: {}, response: { organisation: organisationExample, secret: 'sk-ao-example' } },
});

/** A new organisation with owner, default team, wallet and first key. */
export const signUpV1 = defineRpc({
  subject: 'rpc.identity.sign-up.v1',
  owner: 'identity',
  request: z.object({ organisationName: name, email: z.email().max(320) }),
  response: z.object({ organisation, team, userId: id, keyId: id, secret: z.string() }),
  deadlineMs: 5_000,
  example: {
    request: { organisationName: 'Example', email: 'owner@example.com' },
    response: {
      organisation: organisationExample,
      team: teamExample,
      userId: 'usr_1',
      keyId: 'key_1',
      secret: 'sk-ao-example',
    },
  },
});

export const getOrganisationV1 = defineRpc({
  subject: 'rpc.identity.get-organisation.v1',
  owner: 'identity',
  request: z.object({ actor }),
  response: z.object({ organisation }),
  example: { request: { actor: actorExample }, response: { organisation: organisationExample } },
});

export const createTeamV1 = defineRpc({
  subject: 'rpc.identity.create-team.v1',
  owner: 'identity',
  request: z.object({
    actor,
    name,
    walletId: id.nullable().optional().default(null),
    modelBudgets: z.array(modelBudget).max(50).optional().default([]),
    /** Of all its keys together; null for none. At least one number is set. */
    limits: z.object(limitNumbers).nullable().optional().default(null),
  }),
  response: z.object({ team }),
  example: { request: { actor: actorExample, name: 'Research' }, response: { team: teamExample } },
});

export const listTeamsV1 = defineRpc({
  subject: 'rpc.identity.list-teams.v1',
  owner: 'identity',
  request: z.object({ actor, ...page }),
  response: z.object({ data: z.array(team), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [teamExample], nextCursor: null } },
});
