import { PriceBook } from '@ao/pricing';
import { RoutingTable } from '@ao/router';
import { BudgetScopes } from './budget-scopes.js';
import { LimitRules, NO_LIMIT_RULES } from './limits/limit-rules.js';

const NO_PRICES = new PriceBook([]);

/** What the snapshots last said: replaced whole, never edited, so that a request sees one state from start to end. */
export class ModelState {
  table: RoutingTable = RoutingTable.empty;
  prices: PriceBook = NO_PRICES;
  budgets: BudgetScopes = new BudgetScopes([]);
  limits: LimitRules = NO_LIMIT_RULES;

  /** Whether it has been told of models and prices, be there any or not: before, every call would be refused. */
  get isKnown(): boolean {
    return this.table !== RoutingTable.empty && this.prices !== NO_PRICES;
  }
}
