import { AppError, type Logger } from '@ao/kernel';
import {
  ProviderConnectors,
  type Connector,
  type SocketRequest,
  type SocketTarget,
  type UpstreamResponse,
} from '@ao/providers';
import type { Upstream, UpstreamAnswer, UpstreamCall } from '../../application/ports.js';
import type { Provider } from '@ao/router';

const CLOSE_GRACE_MS = 2_000;

/** Calls providers through their connectors, which are built once per change of the routing table. */
export class ProviderUpstream implements Upstream {
  private readonly connectors = new ProviderConnectors();
  private routed: Provider[] = [];
  private passThroughs: Provider[] = [];

  /** @param fixed Providers that no snapshot names: direct OpenAI. */
  constructor(
    private readonly fixed: Provider[],
    private readonly logger: Logger,
  ) {
    this.rebuild();
  }

  /** Takes the providers of a new routing table; calls under way keep their connections. */
  update(providers: Provider[]): void {
    this.routed = providers;
    this.rebuild();
  }

  /** Takes the targets of the operator's own routes. */
  updatePassThroughs(targets: Provider[]): void {
    this.passThroughs = targets;
    this.rebuild();
  }

  private rebuild(): void {
    const all = [...this.fixed, ...this.routed, ...this.passThroughs];
    for (const { id, error } of this.connectors.update(all)) {
      this.logger.error({ err: error, providerId: id }, 'a provider cannot be used as it is configured');
    }
  }

  async send(provider: Provider, call: UpstreamCall): Promise<UpstreamAnswer> {
    const connector = this.connectorOf(provider);
    const { status, headers, body } = await (call.native
      ? forward(connector, call, call.native)
      : send(connector, call));
    return { status, headers, body, readAll: () => body.collect() };
  }

  /** Where a WebSocket of a provider is. @throws AppError `unsupported_parameter` when it has none such. */
  async socketTarget(provider: Provider, request: SocketRequest): Promise<SocketTarget> {
    return this.connectorOf(provider).socketTarget(request);
  }

  private connectorOf(provider: Provider): Connector {
    const connector = this.connectors.get(provider.id);
    if (connector) return connector;
    throw new AppError('no_deployment_available', `The provider ${provider.name} cannot be used as it is configured.`);
  }

  /** For metrics: connections in use and requests that wait for one, over all providers. */
  connectionTotals(): { connected: number; pending: number } {
    const stats = this.connectors.poolStats();
    return {
      connected: stats.reduce((sum, pool) => sum + pool.connected, 0),
      pending: stats.reduce((sum, pool) => sum + pool.pending, 0),
    };
  }

  close(): Promise<void> {
    return this.connectors.close(CLOSE_GRACE_MS);
  }
}

function send(connector: Connector, call: UpstreamCall): Promise<UpstreamResponse> {
  return connector.send({
    endpoint: call.endpoint,
    model: call.model,
    body: call.body,
    headers: call.headers,
    ...(call.contentType !== undefined && { contentType: call.contentType }),
    ...(call.accept !== undefined && { accept: call.accept }),
    stream: call.stream,
    requestId: call.correlationId,
    signal: call.signal,
    ...(call.timeouts && { timeouts: call.timeouts }),
    ...(call.ownKey !== undefined && { apiKey: call.ownKey }),
  });
}

function forward(
  connector: Connector,
  { body, headers, correlationId, signal, timeouts }: UpstreamCall,
  { method, path, query, contentType }: NonNullable<UpstreamCall['native']>,
): Promise<UpstreamResponse> {
  return connector.forward({
    method,
    path,
    query,
    contentType,
    headers,
    body: body.length > 0 ? body : null,
    requestId: correlationId,
    signal,
    ...(timeouts && { timeouts }),
  });
}
