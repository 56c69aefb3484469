import type { FastifyInstance } from 'fastify';
import type { GatewayMetrics } from './metrics.js';
import { setBaseHeaders } from './response-headers.js';

export function registerMetrics(server: FastifyInstance, { registry }: GatewayMetrics): void {
  server.get('/metrics', async (request, reply) => {
    setBaseHeaders(request, reply);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
