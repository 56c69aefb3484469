import { sleep, type Clock, type Logger } from '@ao/kernel';
import type { BackgroundJob } from '@ao/runtime';
import type { TaskQueue } from '../../application/ports.js';
import type { RunTask } from '../../application/run-task.js';
import type { TaskRun } from '../../domain/task.js';

export interface TaskRunnerOptions {
  queue: TaskQueue;
  runTask: RunTask;
  concurrencyMax: number;
  leaseMs: number;
  pollMs: number;
  /** How long tasks under way may go on after the stop. */
  stopTimeoutMs: number;
  clock: Clock;
  logger: Logger;
}

interface Held {
  run: TaskRun;
  cutOff: AbortController;
  done: Promise<void>;
}

/** Two heartbeats may be lost before a lease ends. */
const RENEWALS_PER_LEASE = 3;

/** Runs tasks as they come, a bounded number at a time. Any number of replicas may run one. */
export class TaskRunnerJob implements BackgroundJob {
  private readonly stopping = new AbortController();
  private readonly stopped = new AbortController();
  private readonly held = new Set<Held>();
  private pause = new AbortController();
  private woken = false;
  private loops: Promise<void>[] = [];

  constructor(private readonly options: TaskRunnerOptions) {}

  start(): void {
    if (this.loops.length === 0) this.loops = [this.takeTasks(), this.keepLeases()];
  }

  /** Looks for tasks now. */
  wake(): void {
    this.woken = true;
    this.pause.abort();
  }

  /** Takes no more tasks, lets those under way end in the time they have, and hands the rest back. */
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

  private async takeTasks(): Promise<void> {
    const { pollMs, logger } = this.options;
    while (!this.stopping.signal.aborted) {
      this.woken = false;
      await this.claim().catch((error: unknown) => logger.warn({ err: error }, 'tasks cannot be read, trying again'));
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

  private begin(run: TaskRun): void {
    const { runTask, logger } = this.options;
    const cutOff = new AbortController();
    const held: Held = { run, cutOff, done: Promise.resolve() };
    held.done = runTask
      .execute(run, cutOff.signal)
      .catch((error: unknown) =>
        logger.error({ err: error, taskId: run.taskId }, 'the end of a task was lost; it runs again after its lease'),
      )
      .finally(() => {
        this.held.delete(held);
        this.wake();
      });
    this.held.add(held);
  }

  /** Goes on through the stop: a lease must not end while its task does. */
  private async keepLeases(): Promise<void> {
    const { leaseMs, logger } = this.options;
    while (!this.stopped.signal.aborted) {
      await sleep(leaseMs / RENEWALS_PER_LEASE, this.stopped.signal);
      await this.renew().catch((error: unknown) => logger.warn({ err: error }, 'leases of tasks were not renewed'));
    }
  }

  private async renew(): Promise<void> {
    const holding = [...this.held];
    if (holding.length === 0) return;
    const runs = holding.map(({ run }) => run);
    const kept = new Set(await this.options.queue.renew(runs, this.options.leaseMs));
    // Another runner has the task: going on would pay twice for one answer. One that has just ended is not held any more.
    for (const { run, cutOff } of holding) if (!kept.has(run)) cutOff.abort();
  }
}
