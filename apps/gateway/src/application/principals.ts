import type { Principal } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { KeyDirectory } from './ports.js';

interface Entry {
  principal: Principal;
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
  /** Keys that are not good, and until when that holds. Apart: whoever tries out keys must not drive the good ones out. */
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
    const nowMs = this.clock.nowMs();
    const entry = this.entries.get(keyHash);
    if (entry && nowMs < entry.freshUntilMs) return unlessExpired(entry.principal, nowMs);
    if (nowMs < (this.unknown.get(keyHash) ?? 0)) return null;
    return this.load(keyHash, entry, nowMs);
  }

  /** Whether a key was looked up before, good or not: whoever sends it is not trying out new ones. */
  hasSeen(keyHash: string): boolean {
    return this.entries.has(keyHash) || this.clock.nowMs() < (this.unknown.get(keyHash) ?? 0);
  }

  /** Drops a key that was changed or revoked. */
  forget(keyHash: string): void {
    this.entries.delete(keyHash);
    this.unknown.delete(keyHash);
    // An answer under way may be older than the change.
    this.loading.delete(keyHash);
  }

  private load(keyHash: string, stale: Entry | undefined, nowMs: number): Promise<Principal | null> {
    const running = this.loading.get(keyHash);
    if (running) return running;
    const load = this.directory
      .find(keyHash)
      .then((principal) => {
        if (this.loading.get(keyHash) === load) this.remember(keyHash, principal, nowMs);
        return unlessExpired(principal, nowMs);
      })
      .catch((error: unknown) => {
        if (stale && nowMs < stale.freshUntilMs + STALE_MS_MAX) return unlessExpired(stale.principal, nowMs);
        throw error;
      })
      .finally(() => {
        if (this.loading.get(keyHash) === load) this.loading.delete(keyHash);
      });
    this.loading.set(keyHash, load);
    return load;
  }

  private remember(keyHash: string, principal: Principal | null, nowMs: number): void {
    this.entries.delete(keyHash);
    if (principal) putBounded(this.entries, ENTRIES_MAX, keyHash, { principal, freshUntilMs: nowMs + FRESH_MS });
    else putBounded(this.unknown, UNKNOWN_MAX, keyHash, nowMs + FRESH_UNKNOWN_MS);
  }
}

function putBounded<Value>(map: Map<string, Value>, sizeMax: number, key: string, value: Value): void {
  map.delete(key);
  // The oldest goes first: a Map keeps the order of insertion.
  if (map.size >= sizeMax) map.delete(map.keys().next().value!);
  map.set(key, value);
}

const unlessExpired = (principal: Principal | null, nowMs: number): Principal | null =>
  principal?.expiresAtMs != null && principal.expiresAtMs <= nowMs ? null : principal;
