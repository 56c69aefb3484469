import { sleep, type Logger } from '@ao/kernel';
import type { BackgroundJob } from '@ao/runtime';
import type { SweepLeases } from '../../application/sweep-leases.js';

/** How many sweeps lie between two prunings. */
const SWEEPS_PER_PRUNE = 12;

/** Sweeps leases again and again until it is stopped; a sweep that fails is tried again at the next turn. */
export class LeaseSweeperJob implements BackgroundJob {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly sweepLeases: SweepLeases,
    private readonly intervalMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    for (let turn = 1; !this.stopping.signal.aborted; turn += 1) {
      await sleep(this.intervalMs, this.stopping.signal);
      if (!this.stopping.signal.aborted) await this.sweep(turn % SWEEPS_PER_PRUNE === 0);
    }
  }

  private async sweep(withPruning: boolean): Promise<void> {
    try {
      const expired = await this.sweepLeases.execute();
      if (expired > 0) this.logger.info({ expired }, 'released what silent gateways held');
      if (withPruning) await this.sweepLeases.prune();
    } catch (error) {
      this.logger.warn({ err: error }, 'leases could not be swept, trying again later');
    }
  }
}
