/** One alert on its way to one channel. `dead`: given up, kept for people to see. */
export interface Delivery {
  id: string;
  orgId: string;
  alertId: string;
  channelId: string;
  status: DeliveryStatus;
  attempts: number;
  nextAttemptAtMs: number;
  lastError: string | null;
  createdAtMs: number;
  deliveredAtMs: number | null;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

/** What became of one attempt. `final`: trying again cannot help. */
export type SendOutcome = { kind: 'delivered' } | { kind: 'failed'; reason: string; final: boolean };

export interface RetryPolicy {
  attemptsMax: number;
  delayFirstMs: number;
}

/** With three seconds first, the eighth attempt comes about an hour after the first one. */
const DELAY_FACTOR = 3;
const DELAY_MAX_MS = 3_600_000;
/** A receiver that comes back must not meet everything that waited for it at one moment. */
const JITTER_SHARE = 0.2;
/** Reasons quote what others sent. */
const REASON_CHARACTERS_MAX = 300;

/**
 * How long to wait after the n-th attempt failed.
 * @param random In [0, 1).
 */
export function retryDelayMs(policy: RetryPolicy, attempts: number, random: number): number {
  const delayMs = Math.min(policy.delayFirstMs * DELAY_FACTOR ** (attempts - 1), DELAY_MAX_MS);
  return Math.round(delayMs * (1 - JITTER_SHARE + 2 * JITTER_SHARE * random));
}

/** What an attempt changes about its delivery. */
export type Progress = Pick<Delivery, 'status' | 'nextAttemptAtMs' | 'lastError' | 'deliveredAtMs'>;

/** @param attempts How many there have been, this one included. */
export function progressAfter(
  outcome: SendOutcome,
  attempts: number,
  { policy, nowMs, random }: { policy: RetryPolicy; nowMs: number; random: number },
): Progress {
  if (outcome.kind === 'delivered') {
    return { status: 'delivered', nextAttemptAtMs: nowMs, lastError: null, deliveredAtMs: nowMs };
  }
  const dead = outcome.final || attempts >= policy.attemptsMax;
  return {
    status: dead ? 'dead' : 'pending',
    nextAttemptAtMs: dead ? nowMs : nowMs + retryDelayMs(policy, attempts, random),
    lastError: outcome.reason.slice(0, REASON_CHARACTERS_MAX),
    deliveredAtMs: null,
  };
}
