import type { IncomingMessage } from 'node:http';
import { fastify, type FastifyInstance } from 'fastify';
import { Pool } from 'undici';

/** As many as the platform may open to one provider. */
const CONNECTIONS_MAX = 256;
/** Belong to one connection, not to the answer (RFC 9110 §7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding'];

/**
 * The yardstick: what Fastify and undici cost when nothing is done with the bytes. Streams every request to the upstream
 * and the answer back.
 */
export function createBareProxy(upstreamUrl: string): FastifyInstance {
  const pool = new Pool(upstreamUrl, { connections: CONNECTIONS_MAX, pipelining: 1 });
  const app = fastify({ logger: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.addHook('onClose', () => pool.close());
  app.post('/*', async (request, reply) => {
    const { 'content-type': type = 'application/json', 'content-length': length } = request.headers;
    const answer = await pool.request({
      method: 'POST',
      path: request.url,
      headers: { 'content-type': type, ...(length !== undefined && { 'content-length': length }) },
      body: request.body as IncomingMessage,
    });
    for (const name of HOP_BY_HOP) delete answer.headers[name];
    return reply.status(answer.statusCode).headers(answer.headers).send(answer.body);
  });
  return app;
}
