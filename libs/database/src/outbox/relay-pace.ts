import { backoffMs } from './backoff.js';
import type { Settled } from './publications.js';

/** Slows the relay down while the bus refuses events, without letting a few bad ones hold up the rest. */
export class RelayPace {
  private failuresInRow = 0;
  /** Nothing is started before. */
  pausedUntilMs = 0;

  /** Nothing has got through since the last failure. */
  get isProbing(): boolean {
    return this.failuresInRow > 0;
  }

  /**
   * Takes note of how publications ended, and gives when one of them that failed in passing may go again. When others
   * got through, the fault is its own: it waits longer each time, and those behind it overtake it. Else all wait for the
   * bus, in their order.
   */
  judge(settled: readonly Settled[], nowMs: number): (failed: Settled) => number {
    const published = settled.some(({ failure }) => !failure);
    const failed = settled.some(({ failure }) => failure && !failure.final);
    if (published) {
      this.failuresInRow = 0;
      this.pausedUntilMs = failed ? nowMs + backoffMs(1) : 0;
      return ({ attempts }) => nowMs + backoffMs(attempts + 1);
    }
    // Failures that arrive during a pause are of publications started before it: they are the same outage.
    if (failed && nowMs >= this.pausedUntilMs) {
      this.failuresInRow += 1;
      this.pausedUntilMs = nowMs + backoffMs(this.failuresInRow);
    }
    return () => this.pausedUntilMs;
  }
}
