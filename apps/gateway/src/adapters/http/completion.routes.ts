import type { ServerResponse } from 'node:http';
import { AppError } from '@ao/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../application/authenticate.js';
import type { InboundCall } from '../../application/calls/call.js';
import { dryRun } from '../../application/calls/dry-run.js';
import type { PlanOptions } from '../../application/calls/plan-call.js';
import type { ModelState } from '../../application/model-state.js';
import { answerCall, callParts, payingCaller, type CallDependencies } from './answer-call.js';
import { CALL_ROUTES, type CallRoute } from './call-routes.js';
import { flagHeader, header } from './request-context.js';
import { baseHeaders } from './response-headers.js';

const BACKEND_MODE = { 'x-backend-mode': 'openai-passthrough' };
const HEADER_LENGTH_MAX = 256;

export interface CompletionDependencies extends CallDependencies {
  authenticate: Authenticate;
  state: ModelState;
  plan: PlanOptions;
  allowClientOpenAiKey: boolean;
}

/** The data plane: handlers on raw requests and sockets, nothing between them and the call. */
export function registerCompletions(server: FastifyInstance, dependencies: CompletionDependencies): void {
  for (const route of CALL_ROUTES) {
    server.post(route.url, { config: { protocol: route.protocol } }, async (request, reply) => {
      // Also on errors (GW-014), which the error handler writes.
      reply.headers(BACKEND_MODE);
      const call = await readCall(route, request, reply.raw, dependencies);
      if (flagHeader(request, 'x-dry-run')) {
        reply.headers({ ...baseHeaders(request), ...BACKEND_MODE });
        return reply.send(dryRun(call, dependencies.state, dependencies.plan));
      }
      return answerCall(call, request, reply, dependencies);
    });
  }
}

async function readCall(
  { endpoint, readPath }: CallRoute,
  request: FastifyRequest,
  response: ServerResponse,
  { authenticate, allowClientOpenAiKey }: CompletionDependencies,
): Promise<InboundCall> {
  const principal = await payingCaller(request, authenticate);
  if (!Buffer.isBuffer(request.body))
    throw new AppError('invalid_json', 'The request body is empty; send a JSON object.');
  const ownKey = header(request, 'x-openai-api-key', HEADER_LENGTH_MAX);
  return {
    ...callParts(request, principal, response),
    endpoint,
    body: request.body,
    inPath: readPath?.((request.params as Record<string, string>)['*'] ?? '') ?? null,
    protocolHeaders: protocolHeaders(request),
    // An empty one is none: the call would go out without a key, and be charged to nobody.
    ownKey: allowClientOpenAiKey && ownKey ? ownKey : undefined,
  };
}

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
