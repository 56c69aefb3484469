import type { Logger } from '@ao/kernel';
import { PeriodicJob } from '@ao/runtime';
import type { InspectLedger } from '../../application/inspect-ledger.js';

/** Checks the laws of the ledger again and again. */
export function ledgerCheckJob(inspectLedger: InspectLedger, everyMs: number, logger: Logger): PeriodicJob {
  return new PeriodicJob({ name: 'ledger check', everyMs, run: () => inspectLedger.execute(everyMs), logger });
}
