import { providerTimeouts } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { ProviderConnectors } from '@ao/providers';
import { reachOf } from '../../application/provider-reach.js';
import type { ProbeResult, ProbeTarget, ProviderProbe } from '../../application/ports.js';

/** Calls a provider as the gateways do, through its connector, but over a connection of its own. */
export class ConnectorProbe implements ProviderProbe {
  constructor(
    private readonly clock: Clock,
    private readonly allowPrivate: boolean,
  ) {}

  async test({ provider, apiKey }: ProbeTarget): Promise<ProbeResult> {
    const { id, name, kind, baseUrl, organisation, region } = provider;
    const timeouts = providerTimeouts.parse(provider.timeouts);
    const reach = reachOf(provider, this.allowPrivate);
    const own = { id, name, kind, baseUrl, apiKey, organisation, region, reach };
    const target = { ...own, timeouts, connectionsMax: 1 };
    const connectors = new ProviderConnectors(this.clock);
    try {
      const [unusable] = connectors.update([target]);
      const result = await connectors.get(id)?.testConnection();
      if (result) return { ...result, models: result.models.map((model) => model.id) };
      return { ok: false, reason: unusable?.error.message ?? 'not usable', latencyMs: 0, models: [] };
    } finally {
      await connectors.close(0);
    }
  }
}
