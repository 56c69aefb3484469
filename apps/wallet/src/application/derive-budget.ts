import { EACH, SCOPE_DIMENSIONS } from '@ao/contracts';
import type { Wallet } from '../domain/wallet.js';

const NAME_LENGTH_MAX = 200;

/**
 * The budget of one value (or combination) of a template: the same settings, a ledger of its own.
 * @returns null when the values do not fit the template's `*` dimensions.
 */
export function deriveBudget(template: Wallet, values: readonly string[], id: string, nowMs: number): Wallet | null {
  const scope: Record<string, string> = { ...template.scope };
  const open = SCOPE_DIMENSIONS.filter((dimension) => scope[dimension] === EACH);
  if (open.length === 0 || open.length !== values.length) return null;
  open.forEach((dimension, index) => (scope[dimension] = values[index]!));
  return {
    ...template,
    id,
    path: [id],
    name: `${template.name}: ${values.join(', ')}`.slice(0, NAME_LENGTH_MAX),
    scope,
    template: { walletId: template.id, values: [...values] },
    createdAtMs: nowMs,
  };
}
