import type { Clock } from '@ao/kernel';
import type { ProviderTarget } from './provider-target.js';
import type { UpstreamPool } from './transport/upstream-pool.js';
import type { UpstreamResponse } from './transport/upstream-response.js';

export type { UpstreamResponse, UpstreamTimings } from './transport/upstream-response.js';

/** One call to a provider, in the provider's own protocol. */
export interface UpstreamRequest {
  /** One of the connector's `capabilities.endpoints`, such as `chat/completions`. */
  readonly endpoint: string;
  /** JSON as it shall be sent. Several parts are joined by a copy: prefer one. */
  readonly body: Buffer | readonly Buffer[];
  /** Whether the body asks for a stream. */
  readonly stream: boolean;
  /** Ours; the provider sees it (GW-013). */
  readonly requestId: string;
  /** Aborts the call and closes its connection; `send` or the body then fail with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Headers of the protocol itself; only names on the connector's own list are sent (GW-015). */
  readonly headers?: Readonly<Record<string, string>>;
  /** The caller's own provider key, instead of the configured one; our organisation is not named then. */
  readonly apiKey?: string;
}

/** What a provider can do through its connector. */
export interface Capabilities {
  /** The wire format it speaks: a folder of `@ao/wire`. */
  readonly protocol: 'openai';
  readonly endpoints: ReadonlySet<string>;
  readonly streaming: boolean;
  /** Streams report usage when asked to. */
  readonly streamUsage: boolean;
  readonly embeddings: boolean;
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
  /** Empty when it failed. */
  readonly models: readonly ListedModel[];
}

export interface ProviderHealth {
  readonly healthy: boolean;
  readonly reason: string | null;
  readonly latencyMs: number;
}

/**
 * How the platform speaks to one configured provider (PR-001). Every connector passes `testing/connector.suite.ts`.
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
  /** The first page of the provider's models. Rejects with `UpstreamFailure`. */
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
