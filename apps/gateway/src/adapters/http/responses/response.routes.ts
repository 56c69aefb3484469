import { deleteResponseV1, getResponseV1 } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { z } from 'zod';
import type { ResponseContents } from '../../../application/responses/response-contents.js';
import { adminRoute, type AdminRoute } from '../admin/admin-routes.js';
import { readQuery } from '../json-body.js';

const itemsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().min(1).max(256).optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
});

const responseQuery = z.object({ stream: z.enum(['true', 'false']).default('false') });

/** What callers may do with the responses of `POST /v1/responses` that are stored (BX-005). */
export function responseRoutes(contents: ResponseContents): AdminRoute[] {
  return [
    adminRoute({
      method: 'GET',
      path: '/v1/responses/:id',
      contract: getResponseV1,
      toRequest: ({ actor, params, query }) => {
        if (readQuery(query, responseQuery).stream === 'true') throw notStreamed();
        return { actor, responseId: params['id']! };
      },
      toBody: ({ response }, { actor }) => contents.unpack(actor.orgId, response).response,
    }),
    adminRoute({
      method: 'DELETE',
      path: '/v1/responses/:id',
      contract: deleteResponseV1,
      toRequest: ({ actor, params }) => ({ actor, responseId: params['id']! }),
      toBody: ({ id }) => ({ id, object: 'response', deleted: true }),
    }),
    adminRoute({
      method: 'POST',
      path: '/v1/responses/:id/cancel',
      contract: getResponseV1,
      toRequest: ({ actor, params }) => ({ actor, responseId: params['id']! }),
      toBody: ({ response }) => {
        throw notCancellable(response.id);
      },
    }),
    adminRoute({
      method: 'GET',
      path: '/v1/responses/:id/input_items',
      contract: getResponseV1,
      toRequest: ({ actor, params, query }) => {
        readQuery(query, itemsQuery);
        return { actor, responseId: params['id']! };
      },
      toBody: ({ response }, { actor, query }) =>
        pageOf(contents.unpack(actor.orgId, response).input, readQuery(query, itemsQuery)),
    }),
  ];
}

const notStreamed = (): AppError =>
  new AppError('unsupported_parameter', 'A stored response comes whole. Leave out "stream".', { param: 'stream' });

/** What is stored has ended: an answer is given in the call that asks for it. */
const notCancellable = (id: string): AppError =>
  new AppError('invalid_parameter', `The response ${id} has ended; only one that is under way can be cancelled.`, {
    param: 'id',
  });

type Item = Readonly<Record<string, unknown>>;

function pageOf(input: readonly Item[], { limit, after, order }: z.output<typeof itemsQuery>): object {
  const items = order === 'asc' ? input : input.toReversed();
  const start = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0) {
    throw new AppError('invalid_parameter', 'There is no such item: set "after" to the last_id of a page.', {
      param: 'after',
    });
  }
  const data = items.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + limit < items.length,
  };
}
