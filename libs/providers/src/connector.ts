import type { LookupFunction } from 'node:net';
import type { Clock } from '@ao/kernel';
import type { Capabilities } from './endpoints.js';
import type { ProviderTarget, UpstreamTimeouts } from './provider-target.js';
import type { UpstreamPool } from './transport/upstream-pool.js';
import type { UpstreamResponse } from './transport/upstream-response.js';

export type { UpstreamResponse, UpstreamTimings } from './transport/upstream-response.js';

/** What every call to a provider has. */
interface CallParts {
  /** Ours; the provider sees it (GW-013). */
  readonly requestId: string;
  /** Aborts the call and closes its connection; the call or its body then fail with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Headers of the protocol itself; only names on the provider's own list are sent (GW-015). */
  readonly headers?: Readonly<Record<string, string>>;
  /** The caller's own provider key, instead of the configured one; our organisation is not named then. */
  readonly apiKey?: string;
}

/** One call to a provider, in the provider's own protocol. */
export interface UpstreamRequest extends CallParts {
  /** One of `capabilities.endpoints`, such as `chat/completions`: a name, not a path. */
  readonly endpoint: string;
  /** The provider's own name of the model; some want it in the path. */
  readonly model: string;
  /** As it shall be sent. Several parts are joined by a copy: prefer one. */
  readonly body: Buffer | readonly Buffer[];
  /** `application/json` unless said otherwise; forms for audio and images. */
  readonly contentType?: string;
  /** Unless given, what fits `stream`. */
  readonly accept?: string;
  /** Whether the body asks for a stream; some providers have another path for that. */
  readonly stream: boolean;
  /** Those of the provider unless given. */
  readonly timeouts?: UpstreamTimeouts;
}

/** A request of a client of the provider's own API, handed on as it is but for credentials (GW-011). */
export interface ForwardRequest extends CallParts {
  readonly method: string;
  /** Below the server's root, with its version: `v1/messages`. Without the query. */
  readonly path: string;
  /** Without its question mark. Keys and tokens of the caller are taken out. */
  readonly query: string;
  readonly body: Buffer | null;
  readonly contentType: string | null;
  /** Those of the provider unless given. */
  readonly timeouts?: UpstreamTimeouts;
}

/** A WebSocket that a caller wants to be connected to (GW-009, GW-010). */
export interface SocketRequest {
  /** `realtime`: OpenAI's protocol; `live`: Google's. */
  readonly path: string;
  readonly query: string;
  readonly model: string;
  readonly apiKey?: string;
}

/** Where to open a WebSocket. */
export interface SocketTarget {
  /** `wss:`, or `ws:` where the base URL is `http:`. */
  readonly url: string;
  /** Credentials included. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be used for the connection: refuses addresses that the provider must not be at. */
  readonly lookup?: LookupFunction;
}

export interface ListedModel {
  readonly id: string;
  readonly ownedBy: string | null;
}

export interface ConnectionTest {
  readonly ok: boolean;
  /** Why not, for people: names no key and nothing the provider said. */
  readonly reason: string | null;
  readonly latencyMs: number;
  /** Empty when it failed, or when the provider lists none. */
  readonly models: readonly ListedModel[];
}

export interface ProviderHealth {
  readonly healthy: boolean;
  readonly reason: string | null;
  readonly latencyMs: number;
}

/**
 * How the platform speaks to one configured provider (PR-001). Every kind passes `testing/connector.suite.ts`.
 */
export interface Connector {
  readonly target: ProviderTarget;
  readonly capabilities: Capabilities;
  /**
   * Chat, stream, embeddings and every other endpoint. Resolves at the response headers, whatever their status.
   * Rejects with `UpstreamFailure` (`timeout`, `upstream_error`, `backend_unavailable`), with `unsupported_parameter` for
   * an endpoint that the provider has not, or with the signal's reason. Never hangs: `timeouts` end it.
   */
  send(request: UpstreamRequest): Promise<UpstreamResponse>;
  /** As `send`, for any path of the provider. Rejects with `invalid_parameter` for a path that could lead elsewhere. */
  forward(request: ForwardRequest): Promise<UpstreamResponse>;
  /** Rejects with `unsupported_parameter` when the provider has no such socket. */
  socketTarget(request: SocketRequest): Promise<SocketTarget>;
  /** The first page of the provider's models; empty when it lists none. Rejects with `UpstreamFailure`. */
  listModels(signal?: AbortSignal): Promise<readonly ListedModel[]>;
  /** One cheap call. Never rejects. */
  health(signal?: AbortSignal): Promise<ProviderHealth>;
  /** The same for an administrator who has just entered the settings (PR-013). Never rejects. */
  testConnection(signal?: AbortSignal): Promise<ConnectionTest>;
}

export interface ConnectorParts {
  readonly target: ProviderTarget;
  readonly pool: UpstreamPool;
  readonly clock: Clock;
}

export type CreateConnector = (parts: ConnectorParts) => Connector;
