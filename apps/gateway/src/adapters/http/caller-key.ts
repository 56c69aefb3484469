import type { FastifyRequest } from 'fastify';
import { header } from './request-context.js';

/** Where the clients of other protocols put their key: Anthropic's, Azure's, Google's. */
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'];
const KEY_LENGTH_MAX = 600;

/**
 * The caller's key as an Authorization header, wherever its client put it; a real Authorization header comes first.
 * Undefined when there is none.
 */
export function callerKey(request: FastifyRequest): string | undefined {
  if (request.headers.authorization) return request.headers.authorization;
  for (const name of KEY_HEADERS) {
    const key = header(request, name, KEY_LENGTH_MAX);
    if (key) return `Bearer ${key}`;
  }
  // Google's clients of old put it into the address; only its own routes look there, for addresses end up in logs.
  const { key } = request.query as { key?: unknown };
  return typeof key === 'string' && GOOGLE_ROUTE.test(request.url) ? `Bearer ${key}` : undefined;
}

const GOOGLE_ROUTE = /^\/(?:v1beta|gemini|vertex-ai)\//;
