import { EPSILON, type LimitRequest, type LimitState } from './limit.js';

/** What was taken in the window number `index` (counted from the epoch) and in the one before it. */
export interface WindowUse {
  index: number;
  previous: number;
  current: number;
  /** How far into the window; not stored. */
  elapsedMs: number;
}

type WindowRequest = Extract<LimitRequest, { kind: 'window' }>;

/** The decision on its own, and the use after it was granted. The Lua script computes the same, operation by operation. */
export function decideWindow(
  before: WindowUse | undefined,
  request: WindowRequest,
  nowMs: number,
): { allowed: boolean; granted: WindowUse; refused: WindowUse } {
  const use = advance(before, request.windowMs, nowMs);
  const current = Math.max(0, use.current + request.amount);
  const estimate = weighted(use, request.windowMs) + use.current + request.amount;
  return {
    allowed:
      request.force === true || request.amount <= 0 || estimate <= request.limit - (request.spare ?? 0) + EPSILON,
    granted: { ...use, current },
    refused: use,
  };
}

function advance(before: WindowUse | undefined, windowMs: number, nowMs: number): WindowUse {
  const index = Math.floor(nowMs / windowMs);
  const elapsedMs = nowMs - index * windowMs;
  if (before === undefined) return { index, previous: 0, current: 0, elapsedMs };
  // A clock that stepped back stays at the start of the newest window.
  if (index < before.index) return { ...before, elapsedMs: 0 };
  if (index === before.index) return { ...before, elapsedMs };
  return { index, previous: index === before.index + 1 ? before.current : 0, current: 0, elapsedMs };
}

/** The part of the previous window that still lies within the last `windowMs`, taking its use as even. */
function weighted(use: WindowUse, windowMs: number): number {
  return (use.previous * (windowMs - use.elapsedMs)) / windowMs;
}

export function describeWindow(use: WindowUse, request: WindowRequest, allowed: boolean): LimitState {
  const { limit, windowMs } = request;
  const leftMs = windowMs - use.elapsedMs;
  const resetMs = use.current > 0 ? leftMs + windowMs : use.previous > 0 ? leftMs : 0;
  return {
    allowed,
    limit,
    remaining: Math.max(0, Math.floor(limit - weighted(use, windowMs) - use.current + EPSILON)),
    resetMs,
    retryAfterMs: allowed ? 0 : retryAfter(use, request),
  };
}

function retryAfter(use: WindowUse, { limit, windowMs, amount, spare = 0 }: WindowRequest): number {
  const usable = limit - spare;
  const leftMs = windowMs - use.elapsedMs;
  // More than the whole limit never fits; the caller should at least not come back at once.
  if (amount > usable) return leftMs + windowMs;
  const room = usable - use.current - amount;
  if (room >= 0) return Math.max(1, Math.ceil(leftMs - (room * windowMs) / use.previous - EPSILON));
  return Math.ceil(leftMs + windowMs - ((usable - amount) * windowMs) / use.current - EPSILON);
}
