import { routingTableSnapshot, type Price, type ScopedBudget } from '@ao/contracts';
import { BudgetScopes, ModelState, RoutingTable } from '@ao/gateway/simulation';
import { picoUsd } from '@ao/kernel';
import { PriceBook } from '@ao/pricing';

export const MODEL = 'simulated';

/** Odd figures: a cost that is not rounded once, half to even, shows. */
export const PRICE: Price = {
  id: 'prc_1',
  model: MODEL,
  provider: null,
  effectiveFromMs: 0,
  free: false,
  contextTokensMax: null,
  outputTokensMax: null,
  source: 'simulation',
  inputPico: picoUsd(200_003n),
  outputPico: picoUsd(1_250_507n),
  cachedInputPico: null,
  cacheWrite5mPico: null,
  cacheWrite1hPico: null,
  reasoningPico: null,
  audioInputPico: null,
  audioOutputPico: null,
  imageInputPico: null,
  imageOutputPico: null,
};

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
});

/** What the snapshots tell every gateway: one provider, one deployment, one price, some budgets. */
export function modelState(budgets: readonly ScopedBudget[]): ModelState {
  const state = new ModelState();
  state.prices = new PriceBook([PRICE]);
  state.table = new RoutingTable(table, (sealed) => sealed);
  state.budgets = new BudgetScopes(budgets);
  return state;
}
