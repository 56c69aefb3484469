import type { Principal } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { KeyDirectory } from './ports.js';

interface Entry {
  principal: Principal;
  /** Monotonic: a clock that is set back must not keep a key good that was revoked. */
  freshUntilMs: number;
}

const FRESH_MS = 30_000;
/** Short, so that a key works seconds after it was issued even when its event was missed. */
const FRESH_UNKNOWN_MS = 2_000;
/** While identity is away a known key stays good this long. */
const STALE_MS_MAX = 300_000;
const ENTRIES_MAX = 50_000;
const UNKNOWN_MAX = 10_000;

/**
 * The keys this gateway has seen, by hash. A revocation arrives as an event; the freshness limit bounds what a lost
 * event can cost.
 */
export class Principals {
  private readonly entries = new Map<string, Entry>();
  /** Keys that are not good, and until when (monotonic) that holds. Apart: whoever tries out keys must not drive the good ones out. */
  private readonly unknown = new Map<string, number>();
  private readonly loading = new Map<string, Promise<Principal | null>>();

  constructor(
    private readonly directory: KeyDirectory,
    private readonly clock: Clock,
  ) {}

  /**
   * The principal of a key hash, from memory where possible; null for a key that is not good (any more).
   * @throws AppError `backend_unavailable` when identity is away and the key was not seen lately.
   */
  find(keyHash: string): Principal | null | Promise<Principal | null> {
    const monotonicMs = this.clock.monotonicMs();
    const entry = this.entries.get(keyHash);
    if (entry && monotonicMs < entry.freshUntilMs) return this.unlessExpired(entry.principal);
    if (monotonicMs < (this.unknown.get(keyHash) ?? 0)) return null;
    return this.load(keyHash, entry, monotonicMs);
  }

  /** Whether a key was looked up before, good or not: whoever sends it is not trying out new ones. */
  hasSeen(keyHash: string): boolean {
    return this.entries.has(keyHash) || this.clock.monotonicMs() < (this.unknown.get(keyHash) ?? 0);
  }

  /** Drops a key that was changed or revoked. */
  forget(keyHash: string): void {
    this.entries.delete(keyHash);
    this.unknown.delete(keyHash);
    // An answer under way may be older than the change.
    this.loading.delete(keyHash);
  }

  private load(keyHash: string, stale: Entry | undefined, monotonicMs: number): Promise<Principal | null> {
    const running = this.loading.get(keyHash);
    if (running) return running;
    const load = this.directory
      .find(keyHash)
      .then((principal) => {
        if (this.loading.get(keyHash) === load) this.remember(keyHash, principal, monotonicMs);
        return this.unlessExpired(principal);
      })
      .catch((error: unknown) => {
        if (stale && monotonicMs < stale.freshUntilMs + STALE_MS_MAX) return this.unlessExpired(stale.principal);
        throw error;
      })
      .finally(() => {
        if (this.loading.get(keyHash) === load) this.loading.delete(keyHash);
      });
    this.loading.set(keyHash, load);
    return load;
  }

  private remember(keyHash: string, principal: Principal | null, monotonicMs: number): void {
    this.entries.delete(keyHash);
    if (principal) putBounded(this.entries, ENTRIES_MAX, keyHash, { principal, freshUntilMs: monotonicMs + FRESH_MS });
    else putBounded(this.unknown, UNKNOWN_MAX, keyHash, monotonicMs + FRESH_UNKNOWN_MS);
  }

  /** A key ends at a date: by the clock on the wall. */
  private unlessExpired(principal: Principal | null): Principal | null {
    return principal?.expiresAtMs != null && principal.expiresAtMs <= this.clock.nowMs() ? null : principal;
  }
}

function putBounded<Value>(map: Map<string, Value>, sizeMax: number, key: string, value: Value): void {
  map.delete(key);
  // The oldest goes first: a Map keeps the order of insertion.
  if (map.size >= sizeMax) map.delete(map.keys().next().value!);
  map.set(key, value);
}
