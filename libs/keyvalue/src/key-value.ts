import type { Counts } from './counts/counts.js';
import type { LimitDecision, LimitRequest } from './limits/limit.js';
import type { VectorStore } from './vectors/vector-store.js';

export type KeyValueHealth = { ok: true; latencyMs: number } | { ok: false; reason: string };

/**
 * State that several replicas share and that may be lost: limits and caches, never money. Values are bytes.
 *
 * Every method settles within the deadline of the implementation and rejects with `AppError backend_unavailable` when the
 * store is away; callers decide what that means for them.
 */
export interface KeyValue {
  get(key: string): Promise<Buffer | null>;
  set(key: string, value: Buffer | string, options: { ttlMs: number }): Promise<void>;
  delete(key: string): Promise<void>;
  /** Sets the value of a key that has none; false when it has one. */
  setIfAbsent(key: string, value: Buffer | string, options: { ttlMs: number }): Promise<boolean>;
  /** Sets the value of a key that still has the value `expected`; false when it has another, or none. */
  replaceIf(
    key: string,
    expected: Buffer | string,
    value: Buffer | string,
    options: { ttlMs: number },
  ): Promise<boolean>;
  /** Deletes a key that still has the value `expected`; false when it has another, or none. */
  deleteIf(key: string, expected: Buffer | string): Promise<boolean>;
  /** Adds to each of the named counts under a key, which are kept for `ttlMs` after the last addition. */
  addCounts(key: string, amounts: Counts, options: { ttlMs: number }): Promise<void>;
  getCounts(key: string): Promise<Counts>;
  /** Has a member under a key for `ttlMs`; beyond `membersMax` those go that would end first. */
  addMember(key: string, member: string, options: { ttlMs: number; membersMax: number }): Promise<void>;
  /** Members that have not ended. */
  countMembers(key: string): Promise<number>;
  readonly vectors: VectorStore;
  /**
   * Takes from all limits or from none, in one atomic step over all replicas.
   *
   * @throws RangeError for a call that no configuration can mean
   */
  takeTokens(requests: readonly LimitRequest[]): Promise<LimitDecision>;
  /** Never rejects. */
  health(): Promise<KeyValueHealth>;
  close(): Promise<void>;
}
