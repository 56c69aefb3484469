import { sleep, type Clock, type Logger } from '@ao/kernel';
import type { BackgroundJob } from '@ao/runtime';

/** Where runs come from: each holds its work by a lease. */
interface LeaseQueue<Run> {
  claim(options: { limit: number; leaseMs: number; nowMs: number }): Promise<Run[]>;
  /** Prolongs leases. @returns those of `runs` that still hold theirs. */
  renew(runs: Run[], leaseMs: number): Promise<Run[]>;
}

export interface LeaseRunnerOptions<Run> {
  /** What is run, in the plural, for the log. */
  what: string;
  queue: LeaseQueue<Run>;
  /** Runs one. `stopping`: begin nothing more. `cutOff`: drop what is under way, the lease is lost or time is up. */
  execute: (run: Run, signals: { stopping: AbortSignal; cutOff: AbortSignal }) => Promise<void>;
  concurrencyMax: number;
  leaseMs: number;
  pollMs: number;
  /** How long what is under way may go on after the stop. */
  stopTimeoutMs: number;
  clock: Clock;
  logger: Logger;
}

interface Held<Run> {
  run: Run;
  cutOff: AbortController;
  done: Promise<void>;
}

/** Two heartbeats may be lost before a lease ends. */
const RENEWALS_PER_LEASE = 3;

/** Runs what a queue has as it comes, a bounded number at a time. Any number of replicas may run one. */
export class LeaseRunnerJob<Run> implements BackgroundJob {
  private readonly stopping = new AbortController();
  private readonly stopped = new AbortController();
  private readonly held = new Set<Held<Run>>();
  private pause = new AbortController();
  private woken = false;
  private loops: Promise<void>[] = [];

  constructor(private readonly options: LeaseRunnerOptions<Run>) {}

  start(): void {
    if (this.loops.length === 0) this.loops = [this.takeWork(), this.keepLeases()];
  }

  /** Looks for work now. */
  wake(): void {
    this.woken = true;
    this.pause.abort();
  }

  /** Takes no more, lets what is under way end in the time it has, and cuts the rest off. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.pause.abort();
    const [taking] = this.loops;
    await taking;
    const running = Promise.all([...this.held].map(({ done }) => done));
    const ended = new AbortController();
    void running.then(() => ended.abort());
    await sleep(this.options.stopTimeoutMs, ended.signal);
    for (const { cutOff } of this.held) cutOff.abort();
    await running;
    this.stopped.abort();
    await Promise.all(this.loops);
  }

  private async takeWork(): Promise<void> {
    const { what, pollMs, logger } = this.options;
    while (!this.stopping.signal.aborted) {
      this.woken = false;
      await this.claim().catch((error: unknown) => logger.warn({ err: error }, `${what} cannot be read, trying again`));
      if (this.woken || this.stopping.signal.aborted) continue;
      this.pause = new AbortController();
      await sleep(pollMs, this.pause.signal);
    }
  }

  private async claim(): Promise<void> {
    const { queue, concurrencyMax, leaseMs, clock } = this.options;
    const limit = concurrencyMax - this.held.size;
    if (limit === 0) return;
    for (const run of await queue.claim({ limit, leaseMs, nowMs: clock.nowMs() })) this.begin(run);
  }

  private begin(run: Run): void {
    const { what, execute, logger } = this.options;
    const cutOff = new AbortController();
    const held: Held<Run> = { run, cutOff, done: Promise.resolve() };
    held.done = execute(run, { stopping: this.stopping.signal, cutOff: cutOff.signal })
      .catch((error: unknown) =>
        logger.error({ err: error }, `the end of one of the ${what} was lost; it runs again after its lease`),
      )
      .finally(() => {
        this.held.delete(held);
        this.wake();
      });
    this.held.add(held);
  }

  /** Goes on through the stop: a lease must not end before its work does. */
  private async keepLeases(): Promise<void> {
    const { what, leaseMs, logger } = this.options;
    while (!this.stopped.signal.aborted) {
      await sleep(leaseMs / RENEWALS_PER_LEASE, this.stopped.signal);
      await this.renew().catch((error: unknown) => logger.warn({ err: error }, `leases of ${what} were not renewed`));
    }
  }

  private async renew(): Promise<void> {
    const holding = [...this.held];
    if (holding.length === 0) return;
    const runs = holding.map(({ run }) => run);
    const kept = new Set(await this.options.queue.renew(runs, this.options.leaseMs));
    // Another runner has it: going on would pay twice for one answer. One that has just ended is not held any more.
    for (const { run, cutOff } of holding) if (!kept.has(run)) cutOff.abort();
  }
}
