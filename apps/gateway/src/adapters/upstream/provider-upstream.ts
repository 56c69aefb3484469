import { AppError, type Logger } from '@ao/kernel';
import { ProviderConnectors } from '@ao/providers';
import type { Upstream, UpstreamAnswer, UpstreamCall } from '../../application/ports.js';
import type { Provider } from '../../application/routing-table.js';

const CLOSE_GRACE_MS = 2_000;

/** Calls providers through their connectors, which are built once per change of the routing table. */
export class ProviderUpstream implements Upstream {
  private readonly connectors = new ProviderConnectors();

  /** @param fixed Providers that no snapshot names: direct OpenAI. */
  constructor(
    private readonly fixed: Provider[],
    private readonly logger: Logger,
  ) {
    this.update([]);
  }

  /** Takes the providers of a new routing table; calls under way keep their connections. */
  update(providers: Provider[]): void {
    for (const { id, error } of this.connectors.update([...this.fixed, ...providers])) {
      this.logger.error({ err: error, providerId: id }, 'a provider cannot be used as it is configured');
    }
  }

  async send(provider: Provider, call: UpstreamCall): Promise<UpstreamAnswer> {
    const connector = this.connectors.get(provider.id);
    if (!connector)
      throw new AppError(
        'no_deployment_available',
        `The provider ${provider.name} cannot be used as it is configured.`,
      );
    const { status, headers, body } = await connector.send({
      endpoint: call.endpoint,
      model: call.model,
      body: call.body,
      headers: call.headers,
      ...(call.contentType !== undefined && { contentType: call.contentType }),
      ...(call.accept !== undefined && { accept: call.accept }),
      stream: call.stream,
      requestId: call.correlationId,
      signal: call.signal,
      ...(call.ownKey !== undefined && { apiKey: call.ownKey }),
    });
    return { status, headers, body, readAll: () => body.collect() };
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
