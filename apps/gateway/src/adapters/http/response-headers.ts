import type { FastifyReply, FastifyRequest } from 'fastify';

/** On every answer (GW-016): an API has no business in a frame, a cache or a script. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
};

/** On an answer that repeats an earlier one for its idempotency key. */
export const REPLAY_HEADERS: Readonly<Record<string, string>> = { 'x-ao-idempotent-replay': 'true' };

export const EXPOSED_HEADERS = [
  'X-Request-ID',
  'X-Backend-Mode',
  'X-AO-Request-ID',
  'X-AO-Cost-USD',
  'X-AO-Provider',
  'X-AO-Model',
  'X-AO-Cache',
  'X-Cache',
  'X-Cache-Confidence',
  'X-AO-Overhead-MS',
  'X-AO-Idempotent-Replay',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-RateLimit-Limit-Requests',
  'X-RateLimit-Remaining-Requests',
  'X-RateLimit-Reset-Requests',
  'X-RateLimit-Limit-Tokens',
  'X-RateLimit-Remaining-Tokens',
  'X-RateLimit-Reset-Tokens',
  'X-AO-Limits',
  'Retry-After',
  'X-Claude-Session-ID',
  'X-Claude-Session-Created',
  'X-Workflow-ID',
].join(', ');

/** The headers that every answer carries, for routes that write to the socket themselves. */
export function baseHeaders(request: FastifyRequest): Record<string, string> {
  return {
    ...SECURITY_HEADERS,
    'x-request-id': request.id,
    'x-ao-request-id': request.callId,
    'x-litellm-call-id': request.callId,
  };
}

export function setBaseHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(baseHeaders(request));
}
