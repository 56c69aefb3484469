import type { Actor, ResponseOf, syncProviderModelsV1 } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { Provider } from '../domain/provider.js';
import type { FindProvider } from './find-provider.js';
import type { FindingRepository } from './ports.js';
import type { ProbeProvider } from './probe-provider.js';
import type { ProviderEvents } from './provider-events.js';

type Outcome = ResponseOf<typeof syncProviderModelsV1>;

/** Longer names would not fit into a cursor. */
const NAME_BYTES_MAX = 256;

/** Records which models a provider has (PR-017). New ones are never deployed by it; gone ones stay deployed. */
export class SyncModels {
  constructor(
    private readonly finder: FindProvider,
    private readonly probe: ProbeProvider,
    private readonly findings: FindingRepository,
    private readonly events: ProviderEvents,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async onRequest(actor: Actor, providerId: string): Promise<Outcome> {
    return this.execute(await this.finder.execute(actor, providerId));
  }

  /** A provider that refuses changes nothing of what is known. */
  async execute(provider: Provider, signal?: AbortSignal): Promise<Outcome> {
    const { ok, reason, models } = await this.probe.test(provider, signal);
    if (!ok) return { ok, reason, listed: 0, appeared: 0, vanished: 0 };
    const listed = [...new Set(models)].filter((model) => Buffer.byteLength(model) <= NAME_BYTES_MAX);
    const change = await this.findings.recordModels(provider.id, listed, this.clock.nowMs(), (found) =>
      // What was there at the first look is not news.
      !found.first && found.appeared.length + found.vanished.length > 0
        ? [this.events.modelsChanged(provider, found)]
        : [],
    );
    return { ok, reason, listed: listed.length, appeared: change.appeared.length, vanished: change.vanished.length };
  }
}
