import { SLOT_RETRY_MS, type LimitRequest, type LimitState } from './limit.js';

/** Holder → when its lease ends; those that end first come first, as the leases of one limit are equally long. */
export type SlotUse = Map<string, number>;

type SlotRequest = Extract<LimitRequest, { kind: 'slots' }>;

/** Forgets whose lease has ended. Looks at no other: a limit may have thousands of holders. */
export function dropEnded(use: SlotUse, nowMs: number): void {
  for (const [holder, endsMs] of use) {
    if (endsMs > nowMs) return;
    use.delete(holder);
  }
}

/** The decision on its own. The Lua script computes the same. */
export function allowsSlot(use: SlotUse, { holder, limit, release, spare = 0 }: SlotRequest): boolean {
  return release === true || use.has(holder) || use.size < limit - spare;
}

/** What follows from a decision that was allowed. */
export function keepSlot(use: SlotUse, { holder, leaseMs, release }: SlotRequest, nowMs: number): void {
  // Renewed, it ends last.
  use.delete(holder);
  if (!release) use.set(holder, nowMs + leaseMs);
}

export function describeSlots(use: SlotUse, { limit, leaseMs }: SlotRequest, allowed: boolean): LimitState {
  return {
    allowed,
    limit,
    remaining: Math.max(0, limit - use.size),
    resetMs: use.size > 0 ? leaseMs : 0,
    retryAfterMs: allowed ? 0 : SLOT_RETRY_MS,
  };
}
