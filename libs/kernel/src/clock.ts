/** The only source of time. Injected, so that a simulation can own it. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  nowMs(): number;
  /** Monotonic milliseconds with fractions: for durations, never for dates. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A clock that moves only when told to. */
export class ManualClock implements Clock {
  private offsetMs = 0;

  constructor(private currentMs = Date.UTC(2026, 0, 1)) {}

  nowMs(): number {
    return this.currentMs + this.offsetMs;
  }

  monotonicMs(): number {
    return this.currentMs;
  }

  advanceMs(durationMs: number): void {
    this.currentMs += durationMs;
  }

  /** Sets the wall clock, as an operator or a time server does: no time passes. */
  jumpMs(durationMs: number): void {
    this.offsetMs += durationMs;
  }
}
