/** The only source of waiting. Injected, so that a test can own it. */
export interface Timers {
  /** Calls back after this many milliseconds; the answer cancels it. */
  after(durationMs: number, callback: () => void): () => void;
}

export const systemTimers: Timers = {
  after(durationMs, callback) {
    const timer = setTimeout(callback, durationMs);
    return () => clearTimeout(timer);
  },
};
