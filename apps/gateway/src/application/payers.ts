import type { BudgetClaim, Principal } from '@ao/contracts';

/** Who pays for a call: the wallet of the key with all above it, and the budgets of other scopes that apply. */
export interface Payers {
  orgId: string;
  walletId: string;
  budgets: readonly BudgetClaim[];
  /** Names exactly these payers. */
  key: string;
}

/** Null when the caller has no wallet: nothing is charged. */
export function payersOf({ orgId, walletId }: Principal, budgets: readonly BudgetClaim[]): Payers | null {
  if (walletId === null) return null;
  // The usual case costs no string building.
  const key = budgets.length === 0 ? walletId : JSON.stringify([walletId, budgets]);
  return { orgId, walletId, budgets, key };
}
