import { deleteAliasV1, listAliasesV1, setAliasV1 } from '@ao/contracts';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { pageFields, toSnakeCase } from './fields.js';

const aliasBody = z.object({
  alias: z.string().min(1).max(128),
  model_group: z.string().min(1).max(256),
  hidden: z.boolean().default(false),
});

/** Other names of model groups (RT-008). */
export const aliasRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/aliases',
    contract: setAliasV1,
    toRequest: ({ actor, body }) => {
      const { alias, model_group: modelGroup, hidden } = readBody(body, aliasBody);
      return { actor, alias, modelGroup, hidden };
    },
    toBody: ({ alias }) => toSnakeCase(alias),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/aliases',
    contract: listAliasesV1,
    toRequest: ({ actor, query }) => ({ actor, ...readQuery(query, z.object(pageFields)) }),
    toBody: ({ data, nextCursor }) => ({ data: data.map(toSnakeCase), next_cursor: nextCursor }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/aliases/:alias',
    contract: deleteAliasV1,
    toRequest: ({ actor, params }) => ({ actor, alias: params['alias']! }),
    toBody: ({ deleted }) => ({ deleted }),
  }),
];
