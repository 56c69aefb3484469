/**
 * What a caller wants to take. All amounts are whole numbers; a key names one limit and always comes with the same kind
 * and settings.
 *
 * - `bucket`: refills evenly, `capacity` in `refillMs`; a burst of `capacity` is possible.
 * - `window`: at most `limit` in any `windowMs`, by weighing the previous window (never more than a full window counts).
 * - `slots`: at most `limit` holders at once. A holder that never releases loses its slot after `leaseMs`; taking again as
 *   the same holder renews it, and `release` gives it back.
 *
 * `force` takes even when there is not enough, to settle what was used already; a negative amount gives back. `spare` is what
 * has to be left over for others.
 */
export type LimitRequest =
  | { kind: 'bucket'; key: string; capacity: number; refillMs: number; amount: number; force?: boolean; spare?: number }
  | {
      kind: 'window';
      key: string;
      limit: number;
      windowMs: number;
      amount: number;
      force?: boolean;
      spare?: number;
    }
  | { kind: 'slots'; key: string; limit: number; holder: string; leaseMs: number; release?: boolean; spare?: number };

/** One limit after the decision. All numbers are whole. */
export interface LimitState {
  /** Whether this limit had room; when false the whole call took nothing. */
  allowed: boolean;
  limit: number;
  /** What is left now; never negative. */
  remaining: number;
  /** Until the limit is unused again, if nobody takes meanwhile; of slots at the latest. */
  resetMs: number;
  /** Until the same request can succeed, if nobody takes meanwhile; 0 when allowed. */
  retryAfterMs: number;
}

export interface LimitDecision {
  /** Everything was taken, or nothing. */
  allowed: boolean;
  /** In the order of the requests. */
  limits: LimitState[];
  /** Decided by this process alone: the store that replicas share was away. */
  local?: true;
}

/** Enough for requests, tokens and slots of every scope of one call, with room; it bounds the script's run time. */
export const LIMITS_PER_CALL_MAX = 64;
/** Adding fractions of tokens must not refuse the last whole one. */
export const EPSILON = 1e-6;
/** A slot may be given back at any moment; asking again each second is soon enough. */
export const SLOT_RETRY_MS = 1_000;

/** @throws RangeError for a call that no configuration can mean */
export function checkLimitRequests(requests: readonly LimitRequest[]): void {
  if (requests.length > LIMITS_PER_CALL_MAX) throw new RangeError(`at most ${LIMITS_PER_CALL_MAX} limits per call`);
  if (new Set(requests.map((request) => request.key)).size < requests.length)
    throw new RangeError('each limit once per call');
  for (const request of requests) {
    const sizes =
      request.kind === 'bucket'
        ? [request.capacity, request.refillMs]
        : request.kind === 'window'
          ? [request.limit, request.windowMs]
          : [request.limit, request.leaseMs];
    const amount = request.kind === 'slots' ? 1 : request.amount;
    const { spare = 0 } = request;
    const isSpareSane = Number.isSafeInteger(spare) && spare >= 0 && spare < sizes[0]!;
    if (
      !sizes.every((size) => Number.isSafeInteger(size) && size > 0) ||
      !Number.isSafeInteger(amount) ||
      !isSpareSane
    ) {
      throw new RangeError(`limit ${request.kind} needs whole numbers, sizes above zero, less to spare than there is`);
    }
  }
}
