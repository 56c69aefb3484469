import type { Logger } from '@ao/kernel';
import { PeriodicJob } from '@ao/runtime';
import type { ExpireCredits } from '../../application/expire-credits.js';

/** Brings the ledger of wallets that nobody uses up to what has expired of their credits. */
export function creditSweeperJob(expireCredits: ExpireCredits, everyMs: number, logger: Logger): PeriodicJob {
  const run = async (): Promise<void> => {
    const entries = await expireCredits.execute();
    if (entries > 0) logger.info({ entries }, 'took back what had expired of prepaid credits');
  };
  return new PeriodicJob({ name: 'credit sweeper', everyMs, run, logger });
}
