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
import type { ModelList, PathCall, PathOf, ProviderProfile } from './profile.js';
import type { ProviderReach, ProviderTarget, UpstreamTimeouts } from './provider-target.js';
import { MODELS_BYTES_MAX, readModels } from './read-models.js';
import { RequestHeaders } from './request-headers.js';
import { parseBaseUrl, type Address } from './transport/base-url.js';
import { callOnce } from './transport/call-once.js';
import { guardOf } from './transport/outbound-guards.js';
import type { PoolCall } from './transport/upstream-pool.js';

/** A check that takes longer is as good as a failed one. */
const CHECK_MS_MAX = 10_000;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** What an empty request is answered with by whoever knows its key. */
const UNDERSTOOD: ReadonlySet<number> = new Set([200, 400, 404, 422]);

/** Speaks to any provider over HTTP, as its profile says (PR-001). */
export class HttpConnector implements Connector {
  readonly target: ProviderTarget;
  private readonly address: Address;
  private readonly basePath: string;
  private readonly headers: RequestHeaders;
  private readonly authenticator: Authenticator;
  private readonly checkTimeouts: UpstreamTimeouts;
  private readonly reach: ProviderReach;

  /** Throws `invalid_parameter` on a bad base URL or key. */
  constructor(
    private readonly profile: ProviderProfile,
    readonly capabilities: Capabilities,
    private readonly parts: ConnectorParts,
  ) {
    const { target } = parts;
    this.target = target;
    this.reach = target.reach ?? 'any';
    this.address = parseBaseUrl(target.baseUrl, target.region);
    this.basePath = profile.basePath?.(this.address) ?? this.address.path;
    this.headers = new RequestHeaders(profile, target.organisation);
    this.authenticator = this.authenticatorOf(target.apiKey);
    const { connectMs, firstByteMs, idleMs, totalMs } = target.timeouts;
    this.checkTimeouts = {
      connectMs,
      idleMs,
      firstByteMs: Math.min(firstByteMs, CHECK_MS_MAX),
      totalMs: Math.min(totalMs, CHECK_MS_MAX),
    };
  }

  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { endpoint, model, stream, signal, apiKey, timeouts = this.target.timeouts } = request;
    const pathOf = this.capabilities.endpoints.has(endpoint)
      ? this.profile.paths[endpoint as keyof ProviderProfile['paths']]
      : undefined;
    if (pathOf === undefined) {
      throw new AppError('unsupported_parameter', 'The provider of this model does not offer this endpoint.');
    }
    return this.call(this.authenticatorOf(apiKey), {
      method: 'POST',
      path: this.resolve(pathOf, model, stream),
      headers: this.headers.forRequest(request),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.concat(request.body),
      timeouts,
      signal,
    });
  }

  async forward(request: ForwardRequest): Promise<UpstreamResponse> {
    const { method, body, signal, timeouts = this.target.timeouts, apiKey } = request;
    if (!METHODS.has(method)) {
      throw new AppError('method_not_allowed', `Use one of the methods ${[...METHODS].join(', ')}.`);
    }
    const path = forwardedPath(request.path, this.profile);
    const asked = forwardedQuery(request.query);
    const query = this.profile.nativeQuery?.(asked, path, this.address) ?? asked;
    const native = this.profile.nativePath?.(path, this.address) ?? `${this.address.root}/${path}`;
    return this.call(this.authenticatorOf(apiKey), {
      method,
      path: query === '' ? native : `${native}?${query}`,
      headers: this.headers.forForward(request, FORWARDED_HEADERS),
      body,
      timeouts,
      signal,
    });
  }

  async socketTarget(request: SocketRequest): Promise<SocketTarget> {
    const socket = this.profile.sockets?.[request.path];
    if (socket === undefined) {
      throw new AppError('unsupported_parameter', 'The provider of this model offers no such WebSocket.');
    }
    const path = this.resolve(socket, request.model, true);
    return socketTarget({
      origin: this.address.origin,
      path,
      query: forwardedQuery(request.query),
      guard: guardOf(this.reach),
      authenticator: this.authenticatorOf(request.apiKey),
    });
  }

  async listModels(signal?: AbortSignal): Promise<readonly ListedModel[]> {
    const { models } = this.profile;
    if (models === null) return this.probe(signal);
    const { status, body } = await this.query(models, signal);
    if (status !== 200) throw new RefusedStatus(status);
    return readModels(body, models.read);
  }

  async health(signal?: AbortSignal): Promise<ProviderHealth> {
    const { ok, reason, latencyMs } = await this.testConnection(signal);
    return { healthy: ok, reason, latencyMs };
  }

  async testConnection(signal?: AbortSignal): Promise<ConnectionTest> {
    return checkConnection(this.parts.clock, () => this.listModels(signal));
  }

  private authenticatorOf(key: string | null | undefined): Authenticator {
    const { address, profile, parts } = this;
    return key === undefined
      ? this.authenticator
      : authenticatorFor(profile.auth, key, { address, clock: parts.clock });
  }

  private resolve(pathOf: PathOf, model: string, stream: boolean): string {
    if (typeof pathOf === 'object') return toText(pathOf.absolute, this.pathCall(model, stream));
    return this.basePath + (typeof pathOf === 'string' ? pathOf : pathOf(this.pathCall(model, stream)));
  }

  private pathCall(model: string, stream: boolean): PathCall {
    // Two dots would be another path, and no percent-encoding changes that.
    if (/^\.{1,2}$/.test(model))
      throw new AppError('model_not_found', `There is no model '${model}'.`, { param: 'model' });
    return { model: encodeURIComponent(model), stream, address: this.address };
  }

  /** For providers that list no models: an empty request is refused for what it lacks, or for its key. */
  private async probe(signal: AbortSignal | undefined): Promise<readonly ListedModel[]> {
    const [first] = Object.values(this.profile.paths);
    const call = {
      method: 'POST',
      path: this.resolve(first!, '', false),
      headers: [...this.headers.forQuery(), 'content-type', 'application/json'],
      body: Buffer.from('{}'),
      timeouts: this.checkTimeouts,
      signal,
    };
    const { status, body } = await this.call(this.authenticator, call);
    await body.collect(MODELS_BYTES_MAX);
    if (!UNDERSTOOD.has(status)) throw new RefusedStatus(status);
    return [];
  }

  private async query(models: ModelList, signal: AbortSignal | undefined): Promise<{ status: number; body: Buffer }> {
    const path = this.resolve(models.path, '', false);
    const origin = models.origin?.(this.address) ?? this.address.origin;
    const unsigned = { method: 'GET', path, headers: this.headers.forQuery(), body: null };
    const call = { ...unsigned, timeouts: this.checkTimeouts, signal };
    if (origin !== this.address.origin) {
      const signed = await this.authorised(this.authenticator, call, origin);
      return callOnce({ origin, reach: this.reach }, signed, MODELS_BYTES_MAX, this.parts.clock);
    }
    const response = await this.call(this.authenticator, call);
    return { status: response.status, body: await response.body.collect(MODELS_BYTES_MAX) };
  }

  private async call(authenticator: Authenticator, call: PoolCall): Promise<UpstreamResponse> {
    return this.parts.pool.send(await this.authorised(authenticator, call, this.address.origin));
  }

  /** With the headers that show who we are. */
  private async authorised(authenticator: Authenticator, call: PoolCall, origin: string): Promise<PoolCall> {
    const { method, path, body, signal } = call;
    const typeAt = call.headers.indexOf('content-type');
    const contentType = typeAt === -1 ? null : call.headers[typeAt + 1]!;
    const shown = authenticator.headersFor({ method, origin, path, contentType, body, signal });
    return { ...call, headers: [...call.headers, ...(shown instanceof Promise ? await shown : shown)] };
  }
}

const toText = (path: string | ((call: PathCall) => string), call: PathCall): string =>
  typeof path === 'string' ? path : path(call);
