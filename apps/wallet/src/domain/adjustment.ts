import { absUsd, type NanoUsd } from '@ao/kernel';
import { adjustmentKey, passedUpAccount, spendAccount } from './entry.js';
import type { Ledger, PeriodRef } from './ledger.js';

/** A correction of what one wallet spent. */
export interface Adjustment extends PeriodRef {
  adjustmentId: string;
  orgId: string;
  /** Positive: more was spent; negative: some of it comes back. */
  amount: NanoUsd;
  /** The wallet below on the path, which passes the correction on; null for the leaf. */
  passedUpBy: string | null;
  /** The leaf's other side. */
  against: string;
  requestId: string | null;
  note: string;
}

/** Posts the correction. It needs no hold: it tells what was, so it may pass the limit, or bring spending below zero. */
export function adjust(ledger: Ledger, adjustment: Adjustment): void {
  const { adjustmentId, orgId, walletId, periodKey, amount, passedUpBy, against, requestId, note } = adjustment;
  const own = spendAccount(walletId);
  const other = passedUpBy === null ? against : passedUpAccount(passedUpBy);
  const [debitAccount, creditAccount] = amount > 0n ? [own, other] : [other, own];
  ledger.post({
    idempotencyKey: adjustmentKey(adjustmentId, walletId),
    walletId,
    orgId,
    periodKey,
    kind: 'adjustment',
    amount: absUsd(amount),
    debitAccount,
    creditAccount,
    requestId,
    leaseId: null,
    note,
  });
}
