import { AppError } from '@ao/kernel';
import type { Check } from '../domain/health.js';
import type { Provider } from '../domain/provider.js';
import type { BaseUrlGuard } from './base-url-guard.js';
import type { FindingRepository, ProbeResult, ProbeTarget, ProviderProbe } from './ports.js';
import type { ProviderKeys } from './provider-keys.js';

/** Makes one cheap call to a provider with the key that gateways use. A refusal by the provider is an answer. */
export class ProbeProvider {
  constructor(
    private readonly guard: BaseUrlGuard,
    private readonly keys: ProviderKeys,
    private readonly findings: Pick<FindingRepository, 'keyStateOf'>,
    private readonly probe: ProviderProbe,
  ) {}

  /** Asks for the list of models. */
  async test(provider: Provider, signal?: AbortSignal): Promise<ProbeResult> {
    const target = await this.targetOf(provider);
    return typeof target === 'string' ? { ...failed(target), models: [] } : this.probe.test(target, signal);
  }

  async health(provider: Provider, signal?: AbortSignal): Promise<Check> {
    const target = await this.targetOf(provider);
    return typeof target === 'string' ? failed(target) : this.probe.health(target, signal);
  }

  /** What to call, or why it cannot be called. */
  private async targetOf(provider: Provider): Promise<ProbeTarget | string> {
    const { reference } = provider.key;
    const copy = reference === null ? null : (await this.findings.keyStateOf(provider.id)).copy;
    const sealed = await this.keys.sealedFor(provider, copy);
    if (sealed === null && reference !== null) return notSet(reference);
    // A name that was public when it was stored may lead elsewhere by now.
    const refusal = provider.source === 'api' ? await this.refusalOf(provider.baseUrl) : null;
    return refusal ?? { provider, apiKey: sealed === null ? null : this.keys.open(sealed) };
  }

  private async refusalOf(baseUrl: string): Promise<string | null> {
    try {
      await this.guard.check(baseUrl);
      return null;
    } catch (error) {
      if (error instanceof AppError) return error.message;
      throw error;
    }
  }
}

const notSet = (reference: string): string =>
  reference.startsWith('file:')
    ? `${reference} names a file that gives no key`
    : `${reference} names a variable that is not set`;

const failed = (reason: string): Check => ({ ok: false, reason, latencyMs: 0 });
