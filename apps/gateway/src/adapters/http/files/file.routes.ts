import { deleteFileV1, FILES_PER_PAGE_MAX, filePurpose, getFileV1, listFilesV1 } from '@ao/contracts';
import { z } from 'zod';
import { adminRoute } from '../admin/admin-routes.js';
import { readQuery } from '../json-body.js';
import { toFileBody, toListBody } from './bodies.js';

/** OpenAI's own limits; a page never has more than one message of the bus takes. */
const filesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
  after: z.string().min(1).max(128).optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  purpose: filePurpose.optional(),
});

/** `/v1/files` without the bytes of files. */
export const fileRoutes = [
  adminRoute({
    method: 'GET',
    path: '/v1/files',
    contract: listFilesV1,
    toRequest: ({ actor, query }) => {
      const { limit, after, order, purpose } = readQuery(query, filesQuery);
      return {
        actor,
        limit: Math.min(limit, FILES_PER_PAGE_MAX),
        order,
        ...(after && { after }),
        ...(purpose && { purpose }),
      };
    },
    toBody: (page) => toListBody(page, toFileBody),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/files/:id',
    contract: getFileV1,
    toRequest: ({ actor, params }) => ({ actor, fileId: params['id']! }),
    toBody: ({ file }) => toFileBody(file),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/files/:id',
    contract: deleteFileV1,
    toRequest: ({ actor, params }) => ({ actor, fileId: params['id']! }),
    toBody: (_response, { params }) => ({ id: params['id'], object: 'file', deleted: true }),
  }),
];
