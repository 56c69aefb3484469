import {
  batchEndpoint,
  batchMetadata,
  BATCHES_PER_PAGE_MAX,
  cancelBatchV1,
  createBatchV1,
  getBatchV1,
  listBatchesV1,
} from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { adminRoute } from '../admin/admin-routes.js';
import { readBody, readQuery } from '../json-body.js';
import { toBatchBody, toListBody } from './bodies.js';
import { expiresAfter } from './expires-after.js';

/** Strict: a batch that silently ran without what it asked for would be paid for all the same. */
const batchBody = z.strictObject({
  input_file_id: z.string().min(1).max(128),
  endpoint: batchEndpoint,
  completion_window: z.literal('24h'),
  metadata: batchMetadata.nullish(),
  output_expires_after: expiresAfter.nullish(),
});

const batchesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().min(1).max(128).optional(),
});

/** `/v1/batches`: many calls in the background, each made and paid as any other call of the key. */
export const batchRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/batches',
    contract: createBatchV1,
    toRequest: ({ actor, body, request, sealKey }) => {
      const asked = readBody(body, batchBody);
      requireServed(request.server, asked.endpoint);
      return {
        actor,
        inputFileId: asked.input_file_id,
        endpoint: asked.endpoint,
        completionWindow: asked.completion_window,
        metadata: asked.metadata ?? null,
        ...(asked.output_expires_after && { outputExpiresAfterSeconds: asked.output_expires_after.seconds }),
        sealedKey: sealKey(),
      };
    },
    toBody: ({ batch }) => toBatchBody(batch),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/batches',
    contract: listBatchesV1,
    toRequest: ({ actor, query }) => {
      const { limit, after } = readQuery(query, batchesQuery);
      return { actor, limit: Math.min(limit, BATCHES_PER_PAGE_MAX), ...(after && { after }) };
    },
    toBody: (page) => toListBody(page, toBatchBody),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/batches/:id',
    contract: getBatchV1,
    toRequest: ({ actor, params }) => ({ actor, batchId: params['id']! }),
    toBody: ({ batch }) => toBatchBody(batch),
  }),
  adminRoute({
    method: 'POST',
    path: '/v1/batches/:id/cancel',
    contract: cancelBatchV1,
    toRequest: ({ actor, params }) => ({ actor, batchId: params['id']! }),
    toBody: ({ batch }) => toBatchBody(batch),
  }),
];

/** A batch of calls that nobody answers would fail line by line. */
function requireServed(server: FastifyInstance, endpoint: string): void {
  if (server.hasRoute({ method: 'POST', url: endpoint })) return;
  throw new AppError('invalid_parameter', `This server does not serve ${endpoint}.`, { param: 'endpoint' });
}
