import type { LimitDecision, LimitRequest, SlotHold } from './limits/limit.js';

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
  /**
   * Takes from all limits or from none, in one atomic step over all replicas.
   *
   * @throws RangeError for a call that no configuration can mean
   */
  takeTokens(requests: readonly LimitRequest[]): Promise<LimitDecision>;
  /** Gives slots back; unknown holders are ignored. */
  releaseSlots(holds: readonly SlotHold[]): Promise<void>;
  /** Never rejects. */
  health(): Promise<KeyValueHealth>;
  close(): Promise<void>;
}
