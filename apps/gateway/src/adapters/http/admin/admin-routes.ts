import type { Bus, RequestOptions } from '@ao/bus';
import type { Actor, CallOf, Principal, ResponseOf, RpcContract } from '@ao/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  contract: C;
  status?: number;
  toRequest: (call: AdminCall) => CallOf<C>;
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
  for (const { method, path, contract, status = 200, toRequest, toBody, toHeaders } of routes) {
    server.route({
      method,
      url: path,
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const principal = await authenticate.execute(request.headers.authorization);
        request.keyMasked = principal.keyMasked;
        const actor: Actor = {
          orgId: principal.orgId,
          keyId: principal.keyId,
          role: principal.role,
          requestId: request.callId,
        };
        const { query, body } = request;
        const params = request.params as Record<string, string>;
        const sealKey = (): string | null => {
          const key = bearerKey(request.headers.authorization);
          return key === null ? null : seal(key);
        };
        const call: AdminCall = { actor, principal, params, query, body, request, sealKey };
        const response = await bus.request(contract, toRequest(call), {
          requestId: request.callId,
          ...(method !== 'GET' && idempotencyOf(request, reply, fingerprint)),
        });
        setBaseHeaders(request, reply);
        if (toHeaders) reply.headers(toHeaders(response));
        const answer = toBody(response, call);
        if (answer instanceof RawBody) return reply.status(status).headers(answer.headers).send(answer.text);
        return reply.status(status).type('application/json; charset=utf-8').send(JSON.stringify(answer));
      },
    });
  }
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
