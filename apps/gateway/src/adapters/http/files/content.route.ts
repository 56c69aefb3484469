import { Readable } from 'node:stream';
import type { Bus } from '@ao/bus';
import { getFileV1, readFileV1, type Actor } from '@ao/contracts';
import type { FastifyInstance } from 'fastify';
import { callerOf, type AdminDependencies } from '../admin/admin-routes.js';
import { setBaseHeaders } from '../response-headers.js';

/** `GET /v1/files/{id}/content`: chunk by chunk, no faster than the caller reads. */
export function registerContent(
  server: FastifyInstance,
  { bus, authenticate }: Pick<AdminDependencies, 'bus' | 'authenticate'>,
): void {
  server.get<{ Params: { id: string } }>('/v1/files/:id/content', async (request, reply) => {
    const { actor } = await callerOf(request, authenticate);
    const fileId = request.params.id;
    const { file } = await bus.request(getFileV1, { actor, fileId }, { requestId: request.callId });
    setBaseHeaders(request, reply);
    return reply
      .headers({
        'content-length': String(file.bytes),
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.filename)}`,
      })
      .type('application/octet-stream')
      .send(Readable.from(chunksOf(bus, actor, fileId, request.callId), { objectMode: false, highWaterMark: 1 }));
  });
}

async function* chunksOf(bus: Bus, actor: Actor, fileId: string, requestId: string): AsyncGenerator<Buffer> {
  for (let position = 0; ; position += 1) {
    const { content } = await bus.request(readFileV1, { actor, fileId, position }, { requestId });
    if (content === null) return;
    yield Buffer.from(content, 'base64');
  }
}
