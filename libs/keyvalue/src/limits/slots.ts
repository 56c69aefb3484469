import { SLOT_RETRY_MS, type LimitRequest, type LimitState } from './limit.js';

/** Holder → when its lease ends. */
export type SlotUse = ReadonlyMap<string, number>;

type SlotRequest = Extract<LimitRequest, { kind: 'slots' }>;

/** The decision on its own, and the use after it was granted. The Lua script computes the same. */
export function decideSlots(
  before: SlotUse | undefined,
  request: SlotRequest,
  nowMs: number,
): { allowed: boolean; granted: SlotUse; refused: SlotUse } {
  const refused = new Map([...(before ?? [])].filter(([, endsMs]) => endsMs > nowMs));
  const granted = new Map(refused);
  if (request.release) {
    granted.delete(request.holder);
    return { allowed: true, granted, refused };
  }
  granted.set(request.holder, nowMs + request.leaseMs);
  const usable = request.limit - (request.spare ?? 0);
  return { allowed: granted.size <= usable || refused.has(request.holder), granted, refused };
}

export function describeSlots(use: SlotUse, request: SlotRequest, allowed: boolean, nowMs: number): LimitState {
  return {
    allowed,
    limit: request.limit,
    remaining: Math.max(0, request.limit - use.size),
    resetMs: Math.max(0, ...[...use.values()].map((endsMs) => endsMs - nowMs)),
    retryAfterMs: allowed ? 0 : SLOT_RETRY_MS,
  };
}
