import type { Clock } from '@ao/kernel';
import type { Scheduler } from './scheduler.js';

/** One life of a process, from its start to its end. Whatever its code waits for when it dies never comes. */
export class Life {
  isAlive = true;
  readonly clock: Clock;

  constructor(
    readonly name: string,
    private readonly scheduler: Scheduler,
    /** How far its clock is wrong. */
    skewMs: number,
  ) {
    this.clock = {
      nowMs: () => scheduler.nowMs + skewMs,
      monotonicMs: () => scheduler.nowMs,
    };
  }

  after(delayMs: number, label: string, run: () => void): void {
    this.scheduler.after(delayMs, `${this.name} ${label}`, () => this.isAlive && run());
  }

  every(intervalMs: number, label: string, run: () => void): void {
    this.after(intervalMs, label, () => {
      run();
      this.every(intervalMs, label, run);
    });
  }

  /** Adds to the trace what a reader of it wants to know. */
  explain(text: () => string): void {
    this.scheduler.trace.explain(this.scheduler.nowMs, () => `${this.name} ${text()}`);
  }

  sleep(durationMs: number, label: string): Promise<void> {
    if (!this.isAlive) return this.hang();
    return new Promise((resolve) => this.after(durationMs, label, resolve));
  }

  /** What the promise gives, unless the process has died meanwhile. */
  async unlessDead<T>(promise: Promise<T>): Promise<T> {
    const value = await promise;
    return this.isAlive ? value : this.hang();
  }

  /** For code that finds itself in a dead process. A promise of its own each time: a shared one would keep every run. */
  hang(): Promise<never> {
    return new Promise(() => undefined);
  }
}
