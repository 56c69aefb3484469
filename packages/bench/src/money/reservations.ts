import { LeasePool } from '@ao/gateway/simulation';
import { nanoUsd } from '@ao/kernel';
import type { Books } from './money-scenarios.js';

const LEASE = nanoUsd(1_000_000_000_000_000n);
const RESERVED = nanoUsd(1_000n);
const SPENT = nanoUsd(600n);
const ENDS_MS = 86_400_000;
/** Between two looks at the clock. */
const BATCH = 1_000;

/** Reservations a second, each with its settlement, from leases that a gateway holds. */
export function measureReservations({ wallets, depth }: Books, durationMs: number): number {
  const pool = new LeasePool();
  const keys = Array.from({ length: wallets }, (_, index) => `wal_${index}`);
  for (const key of keys) {
    const path = Array.from({ length: depth }, (_, level) => ({
      walletId: level === 0 ? key : `above_${level}`,
      name: key,
      unlimited: false,
    }));
    const leases = path.map(({ walletId }) => ({
      leaseId: `lse_${walletId}`,
      walletId,
      granted: LEASE,
      expiresAtMs: ENDS_MS,
      periodEndsAtMs: null,
    }));
    pool.add(key, path, leases, 0);
  }
  let done = 0;
  const startedMs = performance.now();
  while (performance.now() - startedMs < durationMs) {
    for (let index = 0; index < BATCH; index += 1) {
      const outcome = pool.reserve(keys[(done + index) % wallets]!, RESERVED, 1);
      if (outcome.kind !== 'reserved') throw new Error('a lease did not last');
      pool.settle(outcome.reservation, SPENT);
    }
    done += BATCH;
  }
  return (done * 1_000) / (performance.now() - startedMs);
}
