import type { Actor, ResponseOf, testProviderV1 } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import type { Provider } from '../domain/provider.js';
import type { BaseUrlGuard } from './base-url-guard.js';
import type { FindProvider } from './find-provider.js';
import type { ProbeResult, ProviderProbe } from './ports.js';
import type { ProviderKeys } from './provider-keys.js';

/** Below the deadline of the question itself, so that the reason still arrives. */
const PROBE_DEADLINE_MS = 10_000;
const MODELS_SHOWN_MAX = 10_000;

/** Makes one cheap call with the stored key. A refusal by the provider is an answer, not an error. */
export class TestProvider {
  constructor(
    private readonly finder: FindProvider,
    private readonly guard: BaseUrlGuard,
    private readonly keys: ProviderKeys,
    private readonly probe: ProviderProbe,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, providerId: string): Promise<ResponseOf<typeof testProviderV1>> {
    const provider = await this.finder.execute(actor, providerId);
    const startedMs = this.clock.monotonicMs();
    const result = await this.call(provider);
    const latencyMs = Math.max(0, this.clock.monotonicMs() - startedMs);
    if (!result.ok) return { ok: false, latencyMs, reason: result.reason, models: [] };
    const models = result.models.filter((model) => model.length > 0 && model.length <= 256);
    return { ok: true, latencyMs, reason: null, models: models.slice(0, MODELS_SHOWN_MAX) };
  }

  private async call(provider: Provider): Promise<ProbeResult> {
    const apiKey = this.keys.open(provider);
    if (apiKey === null && provider.key.reference !== null) {
      return { ok: false, reason: `${provider.key.reference} names a variable that is not set` };
    }
    // A name that was public when it was stored may lead elsewhere by now.
    const refused = provider.source === 'api' ? await this.refusal(provider.baseUrl) : null;
    if (refused !== null) return { ok: false, reason: refused };
    const { baseUrl, organisation } = provider;
    return this.probe.listModels({ kind: 'openai', baseUrl, apiKey, organisation }, PROBE_DEADLINE_MS);
  }

  private async refusal(baseUrl: string): Promise<string | null> {
    try {
      await this.guard.check(baseUrl);
      return null;
    } catch (error) {
      if (error instanceof AppError) return error.message;
      throw error;
    }
  }
}
