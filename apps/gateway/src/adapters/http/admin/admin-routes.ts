import type { Bus, RequestOptions } from '@ao/bus';
import type { Actor, CallOf, Principal, ResponseOf, RpcContract } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { bearerKey, type Authenticate } from '../../../application/authenticate.js';
import type { Fingerprint } from '../../../application/idempotency/fingerprint.js';
import { idempotencyKey } from '../request-context.js';
import { REPLAY_HEADERS, setBaseHeaders } from '../response-headers.js';

export interface AdminDependencies {
  bus: Bus;
  authenticate: Authenticate;
  /** Seals a secret under the master key. */
  seal: (secret: string) => string;
  /** Tells one request from another under the same idempotency key. */
  fingerprint: Fingerprint;
}

/** What a route sees of a call. */
interface AdminCall {
  actor: Actor;
  principal: Principal;
  params: Record<string, string>;
  query: unknown;
  body: unknown;
  request: FastifyRequest;
  /** The caller's key, sealed, for a service that acts for the caller later; null where the call needed no key. */
  sealKey: () => string | null;
}

/** A body that is not JSON. */
export class RawBody {
  constructor(
    readonly text: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** One administrative route: its owner answers over the bus and checks roles; the gateway only translates. */
export interface AdminRoute<C extends RpcContract = RpcContract> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  contract: C;
  status?: number;
  /** The body is of this media type instead of JSON, and comes as bytes. */
  accepts?: string;
  toRequest: (call: AdminCall) => CallOf<C> | Promise<CallOf<C>>;
  /** Where a body may be larger than BODY_LIMIT_BYTES. */
  bodyBytesMax?: number;
  /** What becomes the JSON of the answer, or a `RawBody`, which is sent as it is. */
  toBody: (response: ResponseOf<C>, call: AdminCall) => unknown;
  toHeaders?: (response: ResponseOf<C>) => Record<string, string>;
}

/** Keeps a route's types together while a list of routes forgets them. */
export const adminRoute = <C extends RpcContract>(route: AdminRoute<C>): AdminRoute => route as unknown as AdminRoute;

export function registerAdminRoutes(
  server: FastifyInstance,
  routes: AdminRoute[],
  { bus, authenticate, seal, fingerprint }: AdminDependencies,
): void {
  for (const { method, path, contract, status = 200, accepts, bodyBytesMax, toRequest, toBody, toHeaders } of routes) {
    const route: RouteOptions = {
      method,
      url: path,
      ...(bodyBytesMax !== undefined && { bodyLimit: bodyBytesMax }),
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const { actor, principal } = await callerOf(request, authenticate);
        const { query, body } = request;
        const params = request.params as Record<string, string>;
        const sealKey = (): string | null => {
          const key = bearerKey(request.headers.authorization);
          return key === null ? null : seal(key);
        };
        const call: AdminCall = { actor, principal, params, query, body, request, sealKey };
        const response = await bus.request(contract, await toRequest(call), {
          requestId: request.callId,
          ...(method !== 'GET' && idempotencyOf(request, reply, fingerprint)),
        });
        setBaseHeaders(request, reply);
        if (toHeaders) reply.headers(toHeaders(response));
        const answer = toBody(response, call);
        if (answer instanceof RawBody) return reply.status(status).headers(answer.headers).send(answer.text);
        return reply.status(status).type('application/json; charset=utf-8').send(JSON.stringify(answer));
      },
    };
    if (accepts === undefined) server.route(route);
    else routeAccepting(server, route, accepts);
  }
}

/** Who calls, in the words of the services behind the bus. @throws AppError as `Authenticate`. */
export async function callerOf(
  request: FastifyRequest,
  authenticate: Authenticate,
): Promise<{ actor: Actor; principal: Principal }> {
  const principal = await authenticate.execute(request.headers.authorization, request.ip);
  request.keyMasked = principal.keyMasked;
  const actor = {
    orgId: principal.orgId,
    keyId: principal.keyId,
    role: principal.role,
    requestId: request.callId,
    userId: principal.userId,
    walletId: principal.walletId,
  };
  return { actor, principal };
}

/** In a scope of its own, so that no other route takes such a body, and this one takes no other. */
function routeAccepting(server: FastifyInstance, route: RouteOptions, mediaType: string): void {
  server.register((scope, _options, registered) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const message = `Send the body as ${mediaType}, with the header "Content-Type: ${mediaType}".`;
    scope.addContentTypeParser('*', (_request, _body, done) => done(new AppError('unsupported_media_type', message)));
    scope.route(route);
    registered();
  });
}

/** The owner carries a request with an idempotency key out once; the bytes that came tell it from another one. */
function idempotencyOf(request: FastifyRequest, reply: FastifyReply, fingerprint: Fingerprint): RequestOptions {
  const key = idempotencyKey(request);
  if (key === undefined) return {};
  const body = Buffer.isBuffer(request.body) ? request.body : '';
  return {
    idempotency: { key, fingerprint: fingerprint(request.method, request.url, body) },
    onReplay: () => void reply.headers(REPLAY_HEADERS),
  };
}
