import { PriceBook } from '@ao/pricing';
import { BudgetScopes } from './budget-scopes.js';
import { RoutingTable } from './routing-table.js';

/** What the snapshots last said: replaced whole, never edited, so that a request sees one state from start to end. */
export class ModelState {
  table: RoutingTable = RoutingTable.empty;
  prices: PriceBook = new PriceBook([]);
  budgets: BudgetScopes = new BudgetScopes([]);
}
