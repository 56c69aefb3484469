import type { Actor, ResponseOf, testProviderV1 } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { BaseUrlGuard } from './base-url-guard.js';
import type { FindProvider } from './find-provider.js';
import type { ProbeResult, ProviderProbe } from './ports.js';
import type { ProviderKeys } from './provider-keys.js';

/** Makes one cheap call with the stored key. A refusal by the provider is an answer, not an error. */
export class TestProvider {
  constructor(
    private readonly finder: FindProvider,
    private readonly guard: BaseUrlGuard,
    private readonly keys: ProviderKeys,
    private readonly probe: ProviderProbe,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, providerId: string): Promise<ResponseOf<typeof testProviderV1>> {
    const provider = await this.finder.execute(actor, providerId);
    const apiKey = this.keys.open(provider);
    if (apiKey === null && provider.key.reference !== null) {
      return failed(`${provider.key.reference} names a variable that is not set`);
    }
    // A name that was public when it was stored may lead elsewhere by now.
    const refusal = provider.source === 'api' ? await this.refusalOf(provider.baseUrl) : null;
    return refusal === null ? this.probe.test({ provider, apiKey }) : failed(refusal);
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

const failed = (reason: string): ProbeResult => ({ ok: false, reason, latencyMs: 0, models: [] });
