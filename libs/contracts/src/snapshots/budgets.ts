import { z } from 'zod';
import { defineSnapshot } from '../define.js';
import { id } from '../fields.js';
import { budgetScope } from '../budget-scope.js';

/** A budget that applies to every call within its scope, beside the wallet of the key. */
export const scopedBudget = z.object({ walletId: id, orgId: id, scope: budgetScope });
export type ScopedBudget = z.output<typeof scopedBudget>;

/** Every active budget with a scope, of all organisations; of a template only itself. */
export const budgetsSnapshot = defineSnapshot({
  name: 'snap.wallet.budgets',
  owner: 'wallet',
  value: z.object({ version: z.int().min(0), budgets: z.array(scopedBudget) }),
  example: { version: 1, budgets: [{ walletId: 'wal_2', orgId: 'org_1', scope: { end_user: '*' } }] },
});
