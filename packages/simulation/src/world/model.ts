import { pricesSnapshot, routingTableSnapshot, type Price, type ScopedBudget } from '@ao/contracts';
import { BudgetScopes, ModelState, RoutingTable } from '@ao/gateway/simulation';
import { PriceBook } from '@ao/pricing';

export const MODEL = 'simulated';

/** Odd figures: a cost that is not rounded once, half to even, shows. */
export const PRICE: Price = pricesSnapshot.value.parse({
  version: 1,
  prices: [
    { id: 'prc_1', model: MODEL, effectiveFromMs: 0, inputPico: '200003', outputPico: '1250507', source: 'api' },
  ],
}).prices[0]!;

const table = routingTableSnapshot.value.parse({
  version: 1,
  providers: [
    {
      id: 'prv_1',
      name: 'provider',
      kind: 'openai',
      baseUrl: 'https://provider.example',
      sealedKey: null,
      timeouts: {},
    },
  ],
  deployments: [{ id: 'dep_1', modelGroup: MODEL, providerId: 'prv_1', model: MODEL, source: 'config' }],
  aliases: [],
  // What is simulated is money: a deployment that is left alone would only hide calls.
  settings: [{ orgId: null, settings: { cooldowns: false } }],
});

/** What the snapshots tell every gateway: one provider, one deployment, one price, some budgets. */
export function modelState(budgets: readonly ScopedBudget[]): ModelState {
  const state = new ModelState();
  state.prices = new PriceBook([PRICE]);
  state.table = new RoutingTable(table, (sealed) => sealed);
  state.budgets = new BudgetScopes(budgets);
  return state;
}
