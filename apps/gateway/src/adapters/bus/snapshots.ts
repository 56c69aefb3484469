import type { Bus, Subscription } from '@ao/bus';
import type { SecretBox } from '@ao/config';
import { budgetsSnapshot, keyChangedV1, limitsSnapshot, pricesSnapshot, routingTableSnapshot } from '@ao/contracts';
import type { Logger } from '@ao/kernel';
import { PriceBook } from '@ao/pricing';
import { BudgetScopes } from '../../application/budget-scopes.js';
import { LimitRules } from '../../application/limits/limit-rules.js';
import type { ModelState } from '../../application/model-state.js';
import type { Principals } from '../../application/principals.js';
import { RoutingTable } from '@ao/router';
import type { ProviderUpstream } from '../upstream/provider-upstream.js';

/** Keeps the gateway's memory of models, prices, budgets, limits and keys up to date. A snapshot that cannot be used leaves the last good one. */
export async function followSnapshots(
  bus: Bus,
  state: ModelState,
  principals: Principals,
  upstream: ProviderUpstream,
  secretBox: SecretBox,
  logger: Logger,
): Promise<Subscription[]> {
  const unlessBroken = (name: string, swap: () => void): void => {
    try {
      swap();
    } catch (error) {
      logger.error({ err: error, snapshot: name }, 'a snapshot cannot be used; the last good one stays');
    }
  };
  return Promise.all([
    bus.watchSnapshot(routingTableSnapshot, (value) =>
      unlessBroken(routingTableSnapshot.name, () => {
        const table = new RoutingTable(value, (sealed) => secretBox.open(sealed));
        upstream.update(table.providers);
        state.table = table;
      }),
    ),
    bus.watchSnapshot(pricesSnapshot, (value) =>
      unlessBroken(pricesSnapshot.name, () => (state.prices = new PriceBook(value.prices))),
    ),
    bus.watchSnapshot(budgetsSnapshot, (value) =>
      unlessBroken(budgetsSnapshot.name, () => (state.budgets = new BudgetScopes(value.budgets))),
    ),
    bus.watchSnapshot(limitsSnapshot, (value) =>
      unlessBroken(limitsSnapshot.name, () => (state.limits = new LimitRules(value.limits))),
    ),
    bus.subscribe(keyChangedV1, { kind: 'broadcast' }, (events) => {
      for (const { payload } of events) principals.forget(payload.keyHash);
    }),
  ]);
}
