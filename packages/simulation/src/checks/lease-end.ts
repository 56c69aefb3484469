/** As in the gateway: a lease is not given out in its last moments. */
const EXPIRY_MARGIN_MS = 2_000;

/** Whether a gateway gives out no more of a lease, by its own clock. */
export const isOver = (lease: { expiresAtMs: number; periodEndsAtMs: number | null }, nowMs: number): boolean =>
  nowMs >= lease.expiresAtMs - EXPIRY_MARGIN_MS || (lease.periodEndsAtMs !== null && nowMs >= lease.periodEndsAtMs);
