import type { Logger } from '@ao/kernel';
import { PeriodicJob, type BackgroundJob } from '@ao/runtime';
import type { FindProvider } from '../../application/find-provider.js';
import type { Provider } from '../../domain/provider.js';

export interface ProviderRoundOptions {
  name: string;
  /** How often this replica looks for providers that are due. */
  tickMs: number;
  /** How many providers it works on at once. */
  atOnceMax: number;
  claim: (limit: number) => Promise<string[]>;
  finder: Pick<FindProvider, 'ofAny'>;
  work: (provider: Provider, signal: AbortSignal) => Promise<unknown>;
  logger: Logger;
}

/** Works on the providers that are due, some at once: a slow one takes one place and holds up no other. */
export class ProviderRound implements BackgroundJob {
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private readonly periodic: PeriodicJob;

  constructor(private readonly options: ProviderRoundOptions) {
    const { name, tickMs: everyMs, logger } = options;
    this.periodic = new PeriodicJob({ name, everyMs, logger, run: () => this.begin() });
  }

  start(): void {
    this.periodic.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.periodic.stop();
    await Promise.all(this.underWay);
  }

  private async begin(): Promise<void> {
    const room = this.options.atOnceMax - this.underWay.size;
    if (room <= 0) return;
    for (const providerId of await this.options.claim(room)) {
      const work = this.work(providerId).finally(() => this.underWay.delete(work));
      this.underWay.add(work);
    }
  }

  private async work(providerId: string): Promise<void> {
    const { finder, work, logger, name } = this.options;
    try {
      const provider = await finder.ofAny(providerId);
      if (provider !== null && !this.stopping.signal.aborted) await work(provider, this.stopping.signal);
    } catch (error) {
      logger.warn({ err: error, job: name, provider: providerId }, 'a provider could not be looked after this time');
    }
  }
}
