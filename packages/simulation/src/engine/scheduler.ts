import { EventHeap } from './event-heap.js';
import type { Random } from './random.js';
import type { Trace } from './trace.js';

/** A run that does not come to its end has met a loop, which is a finding too. */
const EVENTS_MAX = 500_000;

/**
 * Virtual time. Everything that takes time (a message, a disk, a timer) is an event here; between two events all code
 * runs until it waits for the next one, so a run depends on nothing but its seed.
 */
export class Scheduler {
  private readonly heap = new EventHeap();
  private count = 0;

  constructor(
    public nowMs: number,
    private readonly random: Random,
    readonly trace: Trace,
  ) {}

  get eventCount(): number {
    return this.count;
  }

  after(delayMs: number, label: string, run: () => void): void {
    this.heap.push({ atMs: this.nowMs + delayMs, rank: this.random.uint32(), label, run });
  }

  /** Lets happen all that is due by then. @throws when that never ends. */
  async runUntil(endMs: number): Promise<void> {
    await settled();
    for (let event = this.heap.first; event && event.atMs <= endMs; event = this.heap.first) {
      this.heap.pop();
      this.nowMs = event.atMs;
      this.count += 1;
      if (this.count > EVENTS_MAX) throw new Error(`more than ${EVENTS_MAX} events: something loops`);
      this.trace.note(event.atMs, event.label);
      event.run();
      await settled();
    }
    this.nowMs = endMs;
  }
}

/**
 * Resolves when no code can run on: an immediate comes only after the last microtask, however deep they nest. Twice,
 * because the wallet's micro-batch waits for an immediate of its own.
 */
async function settled(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
