import type { ServerResponse } from 'node:http';
import { AppError, type Logger } from '@ao/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../application/authenticate.js';
import type { InboundCall, Responder } from '../../application/calls/call.js';
import type { CountTokens } from '../../application/calls/count-tokens.js';
import { dryRun } from '../../application/calls/dry-run.js';
import type { PerformCall } from '../../application/calls/perform-call.js';
import type { PlanOptions } from '../../application/calls/plan-call.js';
import { UpstreamRefusal } from '../../application/calls/upstream-refusal.js';
import type { ModelState } from '../../application/model-state.js';
import type { ResponseCalls } from '../../application/responses/response-calls.js';
import type { IdempotentCalls } from '../../application/idempotency/idempotent-calls.js';
import { HttpResponder } from './http-responder.js';
import { readAttribution } from './attribution.js';
import { callerKey } from './caller-key.js';
import { CALL_ROUTES, protocolOf, type CallRoute } from './call-routes.js';
import { flagHeader, header, idempotencyKey } from './request-context.js';
import { baseHeaders } from './response-headers.js';

const BACKEND_MODE = { 'x-backend-mode': 'openai-passthrough' };
const HEADER_LENGTH_MAX = 256;

export interface CompletionDependencies {
  authenticate: Authenticate;
  performCall: PerformCall;
  countTokens: CountTokens;
  responseCalls: ResponseCalls;
  idempotentCalls: IdempotentCalls;
  state: ModelState;
  plan: PlanOptions;
  allowClientOpenAiKey: boolean;
  logger: Logger;
}

/** The data plane: handlers on raw requests and sockets, nothing between them and the call. */
export function registerCompletions(server: FastifyInstance, dependencies: CompletionDependencies): void {
  for (const route of CALL_ROUTES) {
    server.post(route.url, { config: { protocol: route.protocol } }, async (request, reply) => {
      // Also on errors (GW-014), which the error handler writes.
      reply.headers(BACKEND_MODE);
      const read = await readCall(route, request, reply.raw, dependencies);
      const { call, wrap } = await prepare(read, dependencies);
      if (flagHeader(request, 'x-dry-run')) {
        reply.headers({ ...baseHeaders(request), ...BACKEND_MODE });
        return reply.send(dryRun(call, dependencies.state, dependencies.plan));
      }
      if (route.counts?.(wildcardOf(request))) {
        reply.headers({ ...baseHeaders(request), ...BACKEND_MODE });
        return reply.type('application/json; charset=utf-8').send(await dependencies.countTokens.execute(call));
      }
      return answer(call, wrap(new HttpResponder(reply.raw, baseHeaders(request))), { request, reply }, dependencies);
    });
  }
}

/** Responses refer to what is stored, and are stored themselves. */
async function prepare(
  call: InboundCall,
  { responseCalls }: CompletionDependencies,
): Promise<{ call: InboundCall; wrap: (out: Responder) => Responder }> {
  return call.endpoint === '/v1/responses' ? responseCalls.prepare(call) : { call, wrap: (out) => out };
}

async function answer(
  call: InboundCall,
  responder: Responder,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { performCall, idempotentCalls, logger }: CompletionDependencies,
): Promise<FastifyReply> {
  try {
    const key = idempotencyKey(request);
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

async function readCall(
  { endpoint, readPath }: CallRoute,
  request: FastifyRequest,
  response: ServerResponse,
  { authenticate, allowClientOpenAiKey }: CompletionDependencies,
): Promise<InboundCall> {
  const found = authenticate.execute(callerKey(request));
  const principal = found instanceof Promise ? await found : found;
  request.keyMasked = principal.keyMasked;
  if (principal.role === 'viewer') {
    throw new AppError('permission_denied', 'A key with the role viewer reads; it may not make calls that cost money.');
  }
  if (!Buffer.isBuffer(request.body))
    throw new AppError('invalid_json', 'The request body is empty; send a JSON object.');
  const ownKey = header(request, 'x-openai-api-key', HEADER_LENGTH_MAX);
  return {
    callId: request.callId,
    correlationId: request.id,
    endpoint,
    principal,
    body: request.body,
    inPath: readPath?.(wildcardOf(request)) ?? null,
    protocolHeaders: protocolHeaders(request),
    // An empty one is none: the call would go out without a key, and be charged to nobody.
    ownKey: allowClientOpenAiKey && ownKey ? ownKey : undefined,
    ...readAttribution(request),
    featureId: header(request, 'x-ao-feature-id', 128) ?? null,
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

/** What a route ending in `*` found there. */
const wildcardOf = (request: FastifyRequest): string => (request.params as Record<string, string>)['*'] ?? '';

/** What providers of the same protocol are to hear; each connector sends only what is its own. */
const PROTOCOL_HEADERS = ['anthropic-version', 'anthropic-beta', 'openai-beta'];

function protocolHeaders(request: FastifyRequest): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of PROTOCOL_HEADERS) {
    const value = header(request, name, PROTOCOL_HEADER_LENGTH_MAX);
    if (value) given[name] = value;
  }
  return given;
}

const PROTOCOL_HEADER_LENGTH_MAX = 2_048;
