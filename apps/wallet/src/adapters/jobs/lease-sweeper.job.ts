import type { Logger } from '@ao/kernel';
import { PeriodicJob } from '@ao/runtime';
import type { SweepLeases } from '../../application/sweep-leases.js';

/** How many sweeps lie between two prunings. */
const SWEEPS_PER_PRUNE = 12;

/** Releases what silent gateways held, again and again, and now and then forgets what is long past. */
export function leaseSweeperJob(sweepLeases: SweepLeases, everyMs: number, logger: Logger): PeriodicJob {
  let sweeps = 0;
  const run = async (): Promise<void> => {
    sweeps += 1;
    const expired = await sweepLeases.execute();
    if (expired > 0) logger.info({ expired }, 'released what silent gateways held');
    if (sweeps % SWEEPS_PER_PRUNE === 0) await sweepLeases.prune();
  };
  return new PeriodicJob({ name: 'lease sweeper', everyMs, run, logger });
}
