import type { Principal } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { KeyDirectory } from './ports.js';

interface Entry {
  principal: Principal | null;
  freshUntilMs: number;
}

const FRESH_MS = 30_000;
/** Short, so that a key works seconds after it was issued even when its event was missed. */
const FRESH_UNKNOWN_MS = 2_000;
/** While identity is away a known key stays good this long. */
const STALE_MS_MAX = 300_000;
const ENTRIES_MAX = 50_000;

/**
 * The keys this gateway has seen, by hash. A revocation arrives as an event; the freshness limit bounds what a lost
 * event can cost.
 */
export class Principals {
  private readonly entries = new Map<string, Entry>();
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
    return this.load(keyHash, entry, nowMs);
  }

  /** Drops a key that was changed or revoked. */
  forget(keyHash: string): void {
    this.entries.delete(keyHash);
    // An answer under way may be older than the change.
    this.loading.delete(keyHash);
  }

  private load(keyHash: string, stale: Entry | undefined, nowMs: number): Promise<Principal | null> {
    const running = this.loading.get(keyHash);
    if (running) return running;
    const load = this.directory
      .find(keyHash)
      .then((principal) => {
        const freshUntilMs = nowMs + (principal ? FRESH_MS : FRESH_UNKNOWN_MS);
        if (this.loading.get(keyHash) === load) this.remember(keyHash, { principal, freshUntilMs });
        return unlessExpired(principal, nowMs);
      })
      .catch((error: unknown) => {
        if (stale?.principal && nowMs < stale.freshUntilMs + STALE_MS_MAX) return unlessExpired(stale.principal, nowMs);
        throw error;
      })
      .finally(() => {
        if (this.loading.get(keyHash) === load) this.loading.delete(keyHash);
      });
    this.loading.set(keyHash, load);
    return load;
  }

  private remember(keyHash: string, entry: Entry): void {
    this.entries.delete(keyHash);
    // The oldest goes first: a Map keeps the order of insertion.
    if (this.entries.size >= ENTRIES_MAX) this.entries.delete(this.entries.keys().next().value!);
    this.entries.set(keyHash, entry);
  }
}

const unlessExpired = (principal: Principal | null, nowMs: number): Principal | null =>
  principal?.expiresAtMs != null && principal.expiresAtMs <= nowMs ? null : principal;
