import type { KeyValue } from '@ao/keyvalue';
import { sleep, type Clock } from '@ao/kernel';

/** How long one call waits for another that asks the same; then it asks by itself. */
const WAIT_MAX_MS = 30_000;
const POLL_FIRST_MS = 20;
const POLL_MAX_MS = 250;
/** Calls that wait, in this process; more ask by themselves. */
const WAITING_MAX = 2_000;

/** One call that asks for those who ask the same. */
export interface Flight<Found> {
  /** Hands what was found to all who wait; null: each asks by itself. Once; what follows counts for nothing. */
  land(found: Found | null): void;
}

/**
 * Identical calls at once ask once. Within a process they wait for the first of them; between processes for whoever has
 * the claim in the shared store. No one waits longer than a deadline, and no failure of the first is theirs.
 */
export class Flights<Found> {
  private readonly flying = new Map<string, Promise<Found | null>>();
  private waiting = 0;

  constructor(
    private readonly store: Pick<KeyValue, 'setIfAbsent' | 'deleteIf' | 'get'>,
    private readonly clock: Clock,
  ) {}

  /** What the one that asks the same found; undefined when there is none: then this one must `begin`, at once. */
  follow(key: string, signal: AbortSignal): Promise<Found | null> | undefined {
    const flight = this.flying.get(key);
    if (!flight) return undefined;
    return this.waiting >= WAITING_MAX ? Promise.resolve(null) : this.wait(flight, signal);
  }

  begin(key: string): Flight<Found> {
    let land!: (found: Found | null) => void;
    const flight = new Promise<Found | null>((resolve) => (land = resolve));
    this.flying.set(key, flight);
    return {
      land: (found) => {
        if (this.flying.get(key) === flight) this.flying.delete(key);
        land(found);
      },
    };
  }

  /**
   * Claims a question among all processes. Where another has it, waits for its answer: `look` is asked now and then.
   * @returns what was found; null when this process is to ask.
   * @throws AppError `backend_unavailable`; the signal's reason.
   */
  async claim(
    key: string,
    holder: string,
    look: () => Promise<Found | null>,
    signal: AbortSignal,
  ): Promise<Found | null> {
    const claim = claimOf(key);
    // In one trip: whoever had the claim may have ended just before.
    const [isOurs, found] = await Promise.all([this.store.setIfAbsent(claim, holder, { ttlMs: WAIT_MAX_MS }), look()]);
    if (found) {
      if (isOurs) this.release(key, holder);
      return found;
    }
    return isOurs ? null : this.poll(claim, look, signal);
  }

  /** Lets others ask; nothing waits for it. */
  release(key: string, holder: string): void {
    void this.store.deleteIf(claimOf(key), holder).catch(() => undefined);
  }

  private async poll(claim: string, look: () => Promise<Found | null>, signal: AbortSignal): Promise<Found | null> {
    const endMs = this.clock.monotonicMs() + WAIT_MAX_MS;
    for (let pollMs = POLL_FIRST_MS; this.clock.monotonicMs() < endMs; pollMs = Math.min(pollMs * 2, POLL_MAX_MS)) {
      await sleep(pollMs, signal);
      signal.throwIfAborted();
      // The claim first: an answer is kept before its claim goes.
      const [held, found] = await Promise.all([this.store.get(claim), look()]);
      if (found || held === null) return found;
    }
    return null;
  }

  private async wait(flight: Promise<Found | null>, signal: AbortSignal): Promise<Found | null> {
    const settled = new AbortController();
    this.waiting += 1;
    try {
      const tooLong = sleep(WAIT_MAX_MS, AbortSignal.any([signal, settled.signal])).then(() => null);
      return await Promise.race([flight, tooLong]);
    } finally {
      this.waiting -= 1;
      settled.abort();
    }
  }
}

const claimOf = (key: string): string => `cache-claim:${key}`;
