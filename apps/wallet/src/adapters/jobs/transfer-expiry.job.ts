import type { Logger } from '@ao/kernel';
import { PeriodicJob } from '@ao/runtime';
import type { ExpireTransfers } from '../../application/expire-transfers.js';

/** Marks expired transfers again and again. */
export function transferExpiryJob(expireTransfers: ExpireTransfers, everyMs: number, logger: Logger): PeriodicJob {
  const run = async (): Promise<void> => {
    const count = await expireTransfers.execute();
    if (count > 0) logger.info({ count }, 'transfers expired because nobody decided on them');
  };
  return new PeriodicJob({ name: 'transfer expiry', everyMs, run, logger });
}
