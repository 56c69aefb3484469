import { minUsd, nanoUsd, type NanoUsd } from '@ao/kernel';
import { passedUpAccount, providerAccount, settlementKey, spendAccount, type Entry } from './entry.js';
import type { Ledger } from './ledger.js';

/** What one finished call costs one wallet. */
export interface Settlement {
  requestId: string;
  orgId: string;
  walletId: string;
  periodKey: string;
  cost: NanoUsd;
  /** False for an unlimited wallet, which needs no hold. */
  limited: boolean;
  /** The leases of this wallet that the call reserved from, in that order. */
  draws: { leaseId: string; reserved: NanoUsd }[];
  /** The wallet below on the path, which passes the cost on; null for the leaf, which owes it to the provider. */
  passedUpBy: string | null;
  provider: string;
}

/**
 * Moves the cost from held to posted. What no lease covers is posted all the same, as an overage: the call has been made.
 * The first entry bears the key of the settlement, so that none can be posted twice however it splits.
 */
export function settle(ledger: Ledger, settlement: Settlement): void {
  const { cost, limited } = settlement;
  const covered = drawFromLeases(ledger, settlement);
  const uncovered = nanoUsd(cost - covered);
  if (!limited) return ledger.post(toEntry(settlement, 'usage', cost));
  if (covered > 0n) ledger.post(toEntry(settlement, 'usage', covered));
  if (uncovered > 0n) ledger.post(toEntry(settlement, 'overage', uncovered, covered > 0n));
}

function drawFromLeases(ledger: Ledger, { cost, draws }: Settlement): NanoUsd {
  let rest = cost;
  draws.forEach(({ leaseId, reserved }, index) => {
    // The gateway takes what exceeds all reservations from the lease that it reserved from last.
    const share = index === draws.length - 1 ? rest : minUsd(rest, reserved);
    rest = nanoUsd(rest - ledger.draw(leaseId, share));
  });
  return nanoUsd(cost - rest);
}

function toEntry(settlement: Settlement, kind: 'usage' | 'overage', amount: NanoUsd, second = false): Entry {
  const { requestId, orgId, walletId, periodKey, passedUpBy, provider, draws } = settlement;
  return {
    idempotencyKey: settlementKey(requestId, walletId) + (second ? ':overage' : ''),
    walletId,
    orgId,
    periodKey,
    kind,
    amount,
    debitAccount: spendAccount(walletId),
    creditAccount: passedUpBy === null ? providerAccount(provider) : passedUpAccount(passedUpBy),
    requestId,
    leaseId: draws.at(-1)?.leaseId ?? null,
  };
}

/** One million dollars. A record that claims more is damaged. */
export const COST_MAX = nanoUsd(1_000_000_000_000_000n);
