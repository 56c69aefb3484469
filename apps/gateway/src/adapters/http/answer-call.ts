import type { ServerResponse } from 'node:http';
import type { Principal } from '@ao/contracts';
import { AppError, type Logger } from '@ao/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../application/authenticate.js';
import type { InboundCall, Responder } from '../../application/calls/call.js';
import type { PerformCall } from '../../application/calls/perform-call.js';
import { UpstreamRefusal } from '../../application/calls/upstream-refusal.js';
import type { IdempotentCalls } from '../../application/idempotency/idempotent-calls.js';
import { readAttribution } from './attribution.js';
import { callerKey } from './caller-key.js';
import { protocolOf } from './call-routes.js';
import { readHeaderWishes } from './header-wishes.js';
import { header, idempotencyKey } from './request-context.js';
import { baseHeaders } from './response-headers.js';

export interface CallDependencies {
  performCall: PerformCall;
  idempotentCalls: IdempotentCalls;
  logger: Logger;
}

/** Performs a call and answers it through `responder`, which writes to the raw socket. */
export async function answerCall(
  call: InboundCall,
  responder: Responder,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { performCall, idempotentCalls, logger }: CallDependencies,
): Promise<FastifyReply> {
  try {
    // The key of a native call is the provider's to heed.
    const key = call.native ? undefined : idempotencyKey(request);
    if (key === undefined) await performCall.execute(call, responder);
    else await idempotentCalls.execute(call, key, responder);
  } catch (error) {
    if (call.signal.aborted) return reply.hijack();
    if (!reply.raw.headersSent) return refuse(error, request, reply);
    logger.error(
      { err: error, requestId: request.id, callId: request.callId },
      'a call failed after its answer had begun',
    );
    reply.raw.destroy();
  }
  return reply.hijack();
}

/** A provider's refusal goes out as it was mapped; all else is for the error handler. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(error instanceof UpstreamRefusal)) throw error;
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
  reply.headers(baseHeaders(request));
  const body = protocolOf(request).encodeError(error.status, error.body);
  return reply.status(error.status).type('application/json; charset=utf-8').send(body);
}

/** Who calls. @throws AppError `permission_denied` for who may only read. */
export async function payingCaller(
  request: FastifyRequest,
  authenticate: Authenticate,
  authorization = callerKey(request),
): Promise<Principal> {
  const found = authenticate.execute(authorization, request.ip);
  const principal = found instanceof Promise ? await found : found;
  request.keyMasked = principal.keyMasked;
  if (principal.role === 'viewer') {
    throw new AppError('permission_denied', 'A key with the role viewer reads; it may not make calls that cost money.');
  }
  return principal;
}

/** What every call has, whichever way it came in. */
export function callParts(
  request: FastifyRequest,
  principal: Principal,
  response: ServerResponse,
): Omit<InboundCall, 'endpoint' | 'body' | 'inPath' | 'protocolHeaders' | 'ownKey'> {
  return {
    callId: request.callId,
    correlationId: request.id,
    principal,
    ...readAttribution(request),
    country: request.country,
    region: header(request, 'x-ao-region', 64) || null,
    ...readHeaderWishes(request),
    featureId: header(request, 'x-ao-feature-id', 128) ?? null,
    clientAddress: request.ip,
    // On the raw answer, so that errors carry them as well.
    onLimits: (headers) => {
      if (response.headersSent) return;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    },
    startedAtMs: request.startedAtMs,
    startedMonotonicMs: request.startedMonotonicMs,
    signal: abortOnClose(response),
  };
}

/** Aborts when the connection closes before the answer is through. */
function abortOnClose(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const onClose = (): void => {
    if (!response.writableFinished) controller.abort(new AppError('stream_error', 'The caller closed the connection.'));
  };
  // A caller that left while its key was looked up will not close again.
  if (response.destroyed) onClose();
  else response.once('close', onClose);
  return controller.signal;
}
