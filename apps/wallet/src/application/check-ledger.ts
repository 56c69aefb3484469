import type { LedgerAudit, LedgerViolation } from './ports.js';

const VIOLATIONS_MAX = 100;

/**
 * Proves the ledger: each balance has posted and was given the sum of its entries, it holds what its leases have left, and
 * nothing but recorded overages and corrections lies above a limit.
 */
export async function checkLedger(audit: LedgerAudit): Promise<{ ok: boolean; violations: LedgerViolation[] }> {
  const violations = await audit.findViolations(VIOLATIONS_MAX);
  return { ok: violations.length === 0, violations };
}
