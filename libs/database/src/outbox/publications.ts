import { AppError, withDeadline } from '@ao/kernel';
import type { OutboxEvent } from './append-outbox.js';
import type { WaitingEvent } from './waiting-event.js';

/** How a publication ended; `failure` is absent when the bus has the event. */
export interface Settled {
  sequence: number;
  id: string;
  attempts: number;
  failure?: {
    reason: string;
    /** Trying again unchanged cannot succeed (too large, not a valid subject): a person has to look at it. */
    final: boolean;
  };
}

export interface PublicationLimits {
  /** Publications that may be open at once. */
  inFlightMax: number;
  /** What their payloads may take, in bytes; the last one may go beyond it. */
  inFlightBytesMax: number;
  /** When an unanswered publication counts as failed; `null` leaves that to the bus. */
  publishTimeoutMs: number | null;
}

const REASON_LENGTH_MAX = 500;

/**
 * The rows in this process's hands. Each is busy from its start until its outcome is stored in the database, or, when it
 * failed in passing, until its pause is over; so no row is published here while an earlier publication of it is open.
 */
export class Publications {
  /** The payload's size by sequence: open, or ended and not yet stored. */
  private readonly held = new Map<number, number>();
  private heldBytes = 0;
  private openCount = 0;
  private settled: Settled[] = [];
  /** When a row that failed may go again, by sequence. Without its payload: a failed row is read anew. */
  private readonly restingUntilMs = new Map<number, number>();
  /** The youngest row ever started. */
  sequenceMax = 0;

  constructor(
    private readonly publish: (event: OutboxEvent) => Promise<void>,
    private readonly limits: PublicationLimits,
    private readonly onSettled: () => void,
  ) {}

  /** How many may be started now. */
  get room(): number {
    if (this.heldBytes >= this.limits.inFlightBytesMax) return 0;
    return Math.max(0, this.limits.inFlightMax - this.held.size - this.restingUntilMs.size);
  }

  /** Open, or ended and not yet stored. */
  get heldCount(): number {
    return this.held.size;
  }

  get isAnyOpen(): boolean {
    return this.openCount > 0;
  }

  /** The rows behind the sequence `after` that must not be started now. */
  busy(after: number): number[] {
    return [...this.held.keys(), ...this.restingUntilMs.keys()].filter((sequence) => sequence > after);
  }

  get busyCount(): number {
    return this.held.size + this.restingUntilMs.size;
  }

  /** Starts publications in the order given while there is room; gives how many. */
  start(waiting: readonly WaitingEvent[]): number {
    let count = 0;
    while (count < waiting.length && this.room > 0) void this.run(waiting[count++]!);
    return count;
  }

  /** What ended since the last call. It stays busy until `forget`. */
  takeSettled(): Settled[] {
    const taken = this.settled;
    this.settled = [];
    return taken;
  }

  /** Takes back what could not be stored. */
  keepSettled(settled: readonly Settled[]): void {
    this.settled = [...settled, ...this.settled];
  }

  /** Lets go of what is stored; what failed in passing rests until `untilMs(settled)`. */
  forget(settled: readonly Settled[], untilMs: (each: Settled) => number): void {
    for (const each of settled) {
      this.heldBytes -= this.held.get(each.sequence) ?? 0;
      this.held.delete(each.sequence);
      if (each.failure && !each.failure.final) this.restingUntilMs.set(each.sequence, untilMs(each));
    }
  }

  /** Ends the pauses that are over. */
  rouse(nowMs: number): void {
    for (const [sequence, untilMs] of this.restingUntilMs) {
      if (untilMs <= nowMs) this.restingUntilMs.delete(sequence);
    }
  }

  private async run({ sequence, attempts, event }: WaitingEvent): Promise<void> {
    const bytes = Buffer.byteLength(event.payload);
    this.held.set(sequence, bytes);
    this.heldBytes += bytes;
    this.openCount += 1;
    this.sequenceMax = Math.max(this.sequenceMax, sequence);
    const settled: Settled = { sequence, id: event.id, attempts };
    try {
      await this.answered(event);
    } catch (error) {
      settled.failure = toFailure(error);
    }
    this.openCount -= 1;
    this.settled.push(settled);
    this.onSettled();
  }

  private async answered(event: OutboxEvent): Promise<void> {
    const { publishTimeoutMs } = this.limits;
    if (publishTimeoutMs === null) return this.publish(event);
    const late = (): Error => new AppError('timeout', 'The bus did not acknowledge in time.');
    return withDeadline(this.publish(event), publishTimeoutMs, late);
  }
}

function toFailure(error: unknown): NonNullable<Settled['failure']> {
  const final = error instanceof AppError && !error.retryable;
  const text = error instanceof AppError ? `${error.code}: ${error.internal ?? error.message}` : String(error);
  return { reason: text.slice(0, REASON_LENGTH_MAX), final };
}
