import type { FastifyInstance } from 'fastify';
import { EXPOSED_HEADERS } from './response-headers.js';

const ALLOWED_METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';
const ALLOWED_HEADERS =
  'Authorization, Content-Type, X-Request-ID, X-Dry-Run, X-AO-Feature-ID, X-OpenAI-API-Key, Idempotency-Key';
const PREFLIGHT_SECONDS = '600';

/** CORS for the listed origins alone (GW-017); any other origin gets no permission at all. */
export function registerCors(server: FastifyInstance, origins: string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  server.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return;
    const headers = {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': EXPOSED_HEADERS,
      vary: 'Origin',
    };
    reply.headers(headers);
    // The data plane writes to the raw response, past Fastify's own headers.
    for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
  });
  server.options('/*', async (request, reply) => {
    if (request.headers.origin === undefined || !allowed.has(request.headers.origin)) return reply.status(403).send();
    return reply
      .headers({
        'access-control-allow-methods': ALLOWED_METHODS,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': PREFLIGHT_SECONDS,
      })
      .status(204)
      .send();
  });
}
