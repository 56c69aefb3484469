import type { LedgerAudit, LedgerViolation } from './ports.js';

const VIOLATIONS_MAX = 100;

/**
 * Proves the ledger: each balance has posted, moved and was given the sum of its entries, it holds what its leases have
 * left, every transfer that left one wallet has reached the other, and nothing but recorded overages and corrections lies
 * above a limit.
 */
export async function checkLedger(audit: LedgerAudit): Promise<{ ok: boolean; violations: LedgerViolation[] }> {
  const violations = await audit.findViolations(VIOLATIONS_MAX);
  return { ok: violations.length === 0, violations };
}
