import type { ServerResponse } from 'node:http';
import { AppError } from '@ao/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../application/authenticate.js';
import { takeCacheControls } from '../../application/cache/cache-controls.js';
import type { InboundCall, Responder } from '../../application/calls/call.js';
import type { CountTokens } from '../../application/calls/count-tokens.js';
import { dryRun } from '../../application/calls/dry-run.js';
import type { PlanOptions } from '../../application/calls/plan-call.js';
import type { ModelState } from '../../application/model-state.js';
import type { ResponseCalls } from '../../application/responses/response-calls.js';
import { HttpResponder } from './http-responder.js';
import { answerCall, callParts, payingCaller, type CallDependencies } from './answer-call.js';
import { CALL_ROUTES, type CallRoute } from './call-routes.js';
import { flagHeader, header } from './request-context.js';
import { baseHeaders } from './response-headers.js';

const BACKEND_MODE = { 'x-backend-mode': 'openai-passthrough' };
const HEADER_LENGTH_MAX = 256;

export interface CompletionDependencies extends CallDependencies {
  authenticate: Authenticate;
  countTokens: CountTokens;
  responseCalls: ResponseCalls;
  state: ModelState;
  plan: PlanOptions;
  allowClientOpenAiKey: boolean;
  /** The largest form. */
  formBytesMax: number;
}

/** The data plane: handlers on raw requests and sockets, nothing between them and the call. */
export function registerCompletions(server: FastifyInstance, dependencies: CompletionDependencies): void {
  for (const route of CALL_ROUTES) {
    if (route.takesForm) acceptForm(server, route, dependencies);
    else register(server, route, dependencies);
  }
}

/** Forms may be larger than JSON; only who has a key gets that far. */
function acceptForm(server: FastifyInstance, route: CallRoute, dependencies: CompletionDependencies): void {
  server.register((scope, _options, registered) => {
    scope.removeAllContentTypeParsers();
    const options = { parseAs: 'buffer', bodyLimit: dependencies.formBytesMax } as const;
    scope.addContentTypeParser('multipart/form-data', options, (_request, body, done) => done(null, body));
    const message = 'Send the body as multipart/form-data, as forms with files are sent.';
    scope.addContentTypeParser('*', (_request, _body, done) => done(new AppError('unsupported_media_type', message)));
    scope.addHook('preParsing', async (request) => {
      await payingCaller(request, dependencies.authenticate);
    });
    register(scope, route, dependencies);
    registered();
  });
}

function register(server: FastifyInstance, route: CallRoute, dependencies: CompletionDependencies): void {
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
    return answerCall(call, wrap(new HttpResponder(reply.raw, baseHeaders(request))), { request, reply }, dependencies);
  });
}

/** Responses refer to what is stored, and are stored themselves. */
async function prepare(
  call: InboundCall,
  { responseCalls }: CompletionDependencies,
): Promise<{ call: InboundCall; wrap: (out: Responder) => Responder }> {
  return call.endpoint === '/v1/responses' ? responseCalls.prepare(call) : { call, wrap: (out) => out };
}

async function readCall(
  { endpoint, readPath, takesForm }: CallRoute,
  request: FastifyRequest,
  response: ServerResponse,
  { authenticate, allowClientOpenAiKey }: CompletionDependencies,
): Promise<InboundCall> {
  const principal = await payingCaller(request, authenticate);
  if (!Buffer.isBuffer(request.body))
    throw new AppError(
      'invalid_json',
      takesForm ? 'The form is empty.' : 'The request body is empty; send a JSON object.',
    );
  const ownKey = header(request, 'x-openai-api-key', HEADER_LENGTH_MAX);
  const asked = {
    bypass: flagHeader(request, 'x-cache-bypass'),
    cacheControl: header(request, 'cache-control', HEADER_LENGTH_MAX),
  };
  const { body, controls } = takeCacheControls(request.body, asked);
  return {
    ...callParts(request, principal, response),
    endpoint,
    body,
    ...(controls && { cache: controls }),
    ...(takesForm && { formType: request.headers['content-type'] ?? '' }),
    inPath: readPath?.(wildcardOf(request)) ?? null,
    protocolHeaders: protocolHeaders(request),
    // An empty one is none: the call would go out without a key, and be charged to nobody.
    ownKey: allowClientOpenAiKey && ownKey ? ownKey : undefined,
  };
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
