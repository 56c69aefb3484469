import { AppError } from '@ao/kernel';
import type { Authenticator } from './auth/authenticator.js';
import { authenticatorFor } from './auth/authenticator-for.js';
import { checkConnection } from './check-connection.js';
import type {
  ConnectionTest,
  Connector,
  ConnectorParts,
  ForwardRequest,
  ListedModel,
  ProviderHealth,
  SocketRequest,
  SocketTarget,
  UpstreamRequest,
  UpstreamResponse,
} from './connector.js';
import type { Capabilities } from './endpoints.js';
import { RefusedStatus } from './failure-reason.js';
import { FORWARDED_HEADERS } from './native/forwarded-headers.js';
import { forwardedPath } from './native/forwarded-path.js';
import { forwardedQuery } from './native/forwarded-query.js';
import { socketTarget } from './native/socket-target.js';
import type { PathCall, PathOf, ProviderProfile } from './profile.js';
import type { ProviderTarget, UpstreamTimeouts } from './provider-target.js';
import { MODELS_BYTES_MAX, readModels } from './read-models.js';
import { RequestHeaders } from './request-headers.js';
import { parseBaseUrl, type Address } from './transport/base-url.js';
import { guardOf } from './transport/outbound-guards.js';
import type { PoolCall } from './transport/upstream-pool.js';

/** A check that takes longer is as good as a failed one. */
const CHECK_MS_MAX = 10_000;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

type Unsigned = Omit<PoolCall, 'timeouts' | 'signal'> & Partial<Pick<PoolCall, 'timeouts' | 'signal'>>;

/** Speaks to any provider over HTTP, as its profile says (PR-001). */
export class HttpConnector implements Connector {
  readonly target: ProviderTarget;
  private readonly address: Address;
  private readonly basePath: string;
  private readonly headers: RequestHeaders;
  private readonly authenticator: Authenticator;
  private readonly checkTimeouts: UpstreamTimeouts;

  /** Throws `invalid_parameter` on a bad base URL or key. */
  constructor(
    private readonly profile: ProviderProfile,
    readonly capabilities: Capabilities,
    private readonly parts: ConnectorParts,
  ) {
    const { target } = parts;
    this.target = target;
    this.address = parseBaseUrl(target.baseUrl, target.region);
    this.basePath = profile.basePath?.(this.address) ?? this.address.path;
    this.headers = new RequestHeaders(profile, target.organisation);
    this.authenticator = authenticatorFor(profile.auth, target.apiKey);
    const { connectMs, firstByteMs, idleMs, totalMs } = target.timeouts;
    this.checkTimeouts = {
      connectMs,
      idleMs,
      firstByteMs: Math.min(firstByteMs, CHECK_MS_MAX),
      totalMs: Math.min(totalMs, CHECK_MS_MAX),
    };
  }

  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { endpoint, model, stream, signal, apiKey } = request;
    const pathOf = this.capabilities.endpoints.has(endpoint)
      ? this.profile.paths[endpoint as keyof ProviderProfile['paths']]
      : undefined;
    if (pathOf === undefined) {
      throw new AppError('unsupported_parameter', 'The provider of this model does not offer this endpoint.');
    }
    return this.call(this.authenticatorOf(apiKey), {
      method: 'POST',
      path: this.basePath + this.resolve(pathOf, model, stream),
      headers: this.headers.forRequest(request),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.concat(request.body),
      signal,
    });
  }

  async forward(request: ForwardRequest): Promise<UpstreamResponse> {
    const { method, body, signal, timeouts, apiKey } = request;
    if (!METHODS.has(method)) {
      throw new AppError('method_not_allowed', `Use one of the methods ${[...METHODS].join(', ')}.`);
    }
    const path = forwardedPath(request.path, this.profile);
    const query = forwardedQuery(request.query);
    const native = this.profile.nativePath?.(path, this.address) ?? `${this.address.root}/${path}`;
    return this.call(this.authenticatorOf(apiKey), {
      method,
      path: query === '' ? native : `${native}?${query}`,
      headers: this.headers.forForward(request, FORWARDED_HEADERS),
      body,
      signal,
      ...(timeouts && { timeouts }),
    });
  }

  async socketTarget(request: SocketRequest): Promise<SocketTarget> {
    const socket = this.profile.sockets?.[request.path];
    if (socket === undefined) {
      throw new AppError('unsupported_parameter', 'The provider of this model offers no such WebSocket.');
    }
    const path = this.basePath + this.resolve(socket, request.model, true);
    return socketTarget({
      origin: this.address.origin,
      path,
      query: forwardedQuery(request.query),
      guard: guardOf(this.target.reach ?? 'any'),
      authenticator: this.authenticatorOf(request.apiKey),
    });
  }

  async listModels(signal?: AbortSignal): Promise<readonly ListedModel[]> {
    const { models } = this.profile;
    if (models === null) return [];
    const response = await this.call(this.authenticator, {
      method: 'GET',
      path: this.basePath + this.resolve(models.path, '', false),
      headers: this.headers.forQuery(),
      body: null,
      timeouts: this.checkTimeouts,
      signal,
    });
    const body = await response.body.collect(MODELS_BYTES_MAX);
    if (response.status !== 200) throw new RefusedStatus(response.status);
    return readModels(body, models.read);
  }

  async health(signal?: AbortSignal): Promise<ProviderHealth> {
    const { ok, reason, latencyMs } = await this.testConnection(signal);
    return { healthy: ok, reason, latencyMs };
  }

  async testConnection(signal?: AbortSignal): Promise<ConnectionTest> {
    return checkConnection(this.parts.clock, () => this.listModels(signal));
  }

  private authenticatorOf(ownKey: string | undefined): Authenticator {
    return ownKey === undefined ? this.authenticator : authenticatorFor(this.profile.auth, ownKey);
  }

  private resolve(pathOf: PathOf, model: string, stream: boolean): string {
    return typeof pathOf === 'string' ? pathOf : pathOf(this.pathCall(model, stream));
  }

  private pathCall(model: string, stream: boolean): PathCall {
    // Two dots would be another path, and no percent-encoding changes that.
    if (/^\.{1,2}$/.test(model))
      throw new AppError('model_not_found', `There is no model '${model}'.`, { param: 'model' });
    return { model: encodeURIComponent(model), stream, address: this.address };
  }

  /** Adds what shows who we are, and sends. */
  private async call(authenticator: Authenticator, call: Unsigned): Promise<UpstreamResponse> {
    const { method, path, body, signal, timeouts = this.target.timeouts } = call;
    const typeAt = call.headers.indexOf('content-type');
    const contentType = typeAt === -1 ? null : call.headers[typeAt + 1]!;
    const shown = authenticator.headersFor({ method, path, contentType, body, signal });
    const headers = [...call.headers, ...(shown instanceof Promise ? await shown : shown)];
    return this.parts.pool.send({ method, path, headers, body, timeouts, signal });
  }
}
