import type { Actor, ResponseOf, testProviderV1 } from '@ao/contracts';
import type { FindProvider } from './find-provider.js';
import type { ProbeProvider } from './probe-provider.js';

/** Makes one cheap call with the stored key. A refusal by the provider is an answer, not an error. */
export class TestProvider {
  constructor(
    private readonly finder: FindProvider,
    private readonly probe: ProbeProvider,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, providerId: string): Promise<ResponseOf<typeof testProviderV1>> {
    return this.probe.test(await this.finder.execute(actor, providerId));
  }
}
