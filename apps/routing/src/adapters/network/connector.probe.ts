import { providerTimeouts } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { ProviderConnectors, type Connector } from '@ao/providers';
import { reachOf } from '../../application/provider-reach.js';
import type { ProbeResult, ProbeTarget, ProviderProbe } from '../../application/ports.js';
import type { Check } from '../../domain/health.js';

/** Calls a provider as the gateways do, through its connector, but over a connection of its own. */
export class ConnectorProbe implements ProviderProbe {
  constructor(
    private readonly clock: Clock,
    private readonly allowPrivate: boolean,
  ) {}

  test(target: ProbeTarget, signal?: AbortSignal): Promise<ProbeResult> {
    return this.call(
      target,
      async (connector) => {
        const result = await connector.testConnection(signal);
        return { ...result, models: result.models.map((model) => model.id) };
      },
      (reason) => ({ ok: false, reason, latencyMs: 0, models: [] }),
    );
  }

  health(target: ProbeTarget, signal?: AbortSignal): Promise<Check> {
    return this.call(
      target,
      async (connector) => {
        const { healthy: ok, reason, latencyMs } = await connector.health(signal);
        return { ok, reason, latencyMs };
      },
      (reason) => ({ ok: false, reason, latencyMs: 0 }),
    );
  }

  private async call<T>(
    { provider, apiKey }: ProbeTarget,
    work: (connector: Connector) => Promise<T>,
    refuse: (reason: string) => T,
  ): Promise<T> {
    const { id, name, kind, baseUrl, organisation, region } = provider;
    const timeouts = providerTimeouts.parse(provider.timeouts);
    const reach = reachOf(provider, this.allowPrivate);
    const connectors = new ProviderConnectors(this.clock);
    try {
      const [unusable] = connectors.update([
        { id, name, kind, baseUrl, apiKey, organisation, region, reach, timeouts, connectionsMax: 1 },
      ]);
      const connector = connectors.get(id);
      return connector ? await work(connector) : refuse(unusable?.error.message ?? 'not usable');
    } finally {
      await connectors.close(0);
    }
  }
}
