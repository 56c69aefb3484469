import { EPSILON, type LimitRequest, type LimitState } from './limit.js';

/** `used` tokens as of `atMs`; they drain as time passes. */
export interface BucketUse {
  used: number;
  atMs: number;
}

/** The decision on its own, and the use after it was granted. The Lua script computes the same, operation by operation. */
export function decideBucket(
  before: BucketUse | undefined,
  request: Extract<LimitRequest, { kind: 'bucket' }>,
  nowMs: number,
): { allowed: boolean; granted: BucketUse; refused: BucketUse } {
  const { capacity, refillMs, amount, spare = 0 } = request;
  const atMs = before === undefined ? nowMs : Math.max(nowMs, before.atMs);
  const used = before === undefined ? 0 : Math.max(0, before.used - ((atMs - before.atMs) * capacity) / refillMs);
  const after = Math.max(0, used + amount);
  return {
    allowed: request.force === true || amount <= 0 || after <= capacity - spare + EPSILON,
    granted: { used: after, atMs },
    refused: { used, atMs },
  };
}

export function describeBucket(
  use: BucketUse,
  request: Extract<LimitRequest, { kind: 'bucket' }>,
  allowed: boolean,
): LimitState {
  const { capacity, refillMs, amount, spare = 0 } = request;
  return {
    allowed,
    limit: capacity,
    remaining: Math.max(0, Math.floor(capacity - use.used + EPSILON)),
    resetMs: Math.max(0, Math.ceil((use.used * refillMs) / capacity - EPSILON)),
    retryAfterMs: allowed ? 0 : Math.ceil(((use.used + amount - (capacity - spare)) * refillMs) / capacity - EPSILON),
  };
}
