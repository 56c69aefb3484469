import type { LineEnd, LineOutcome } from './batch.js';

/** What the gateway said to the call of a line. */
export interface GatewayAnswer {
  status: number;
  /** Its `error.code`, where it has one. */
  errorCode: string | null;
  /** The answer of an earlier call of this line: the gateway makes it once. */
  replayed: boolean;
  retryAfterMs: number | null;
}

/** The gateway's refusals that no waiting mends, though their status says so. */
const HOPELESS = new Set(['passthrough_not_configured', 'passthrough_disabled']);
/** Calls of a line that may end in a fault of a provider. */
const FAULTS_MAX = 3;
const DELAY_FIRST_MS = 1_000;
const DELAY_MAX_MS = 60_000;
const RETRY_AFTER_MAX_MS = 600_000;

/** Whether the answer is the outcome of its line, or the call is made again: null, or after how long. */
export function delayAfter(answer: GatewayAnswer, attempts: number): number | null {
  const { status, errorCode, replayed, retryAfterMs } = answer;
  if (status < 300 || replayed) return null;
  const pauseMs = Math.max(
    Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS),
    Math.min(DELAY_FIRST_MS * 2 ** attempts, DELAY_MAX_MS),
  );
  // Too much at once, or somebody is away: that passes, and the window is long.
  if (status === 429 || (status === 503 && !HOPELESS.has(errorCode ?? ''))) return pauseMs;
  // The call that has this line's key still runs.
  if (status === 409 && retryAfterMs !== null) return pauseMs;
  const isFault = status === 408 || status === 500 || status === 502 || status === 504;
  return isFault && attempts + 1 < FAULTS_MAX ? pauseMs : null;
}

export const ended = (outcome: LineOutcome): LineEnd => ({ kind: 'ended', outcome });
