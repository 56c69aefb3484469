import { systemClock, type Clock } from '@ao/kernel';
import { PriceBook } from '@ao/pricing';
import {
  ConversationAffinity,
  DeploymentStates,
  Router,
  RoutingTable,
  type Candidate,
  type CandidateFacts,
} from '@ao/router';
import { BudgetScopes } from './budget-scopes.js';
import { LimitRules, NO_LIMIT_RULES } from './limits/limit-rules.js';

const NO_PRICES = new PriceBook([]);

/** What the snapshots last said: replaced whole, never edited, so that a request sees one state from start to end. */
export class ModelState {
  budgets: BudgetScopes = new BudgetScopes([]);
  limits: LimitRules = NO_LIMIT_RULES;
  /** What this gateway knows of the deployments that it calls. */
  readonly deployments = new DeploymentStates();
  private readonly affinity = new ConversationAffinity();
  private current: { table: RoutingTable; prices: PriceBook; router: Router };

  constructor(private readonly clock: Clock = systemClock) {
    this.current = this.join(RoutingTable.empty, NO_PRICES);
  }

  get table(): RoutingTable {
    return this.current.table;
  }

  set table(table: RoutingTable) {
    this.current = this.join(table, this.current.prices);
    this.deployments.keep(table.deploymentIds());
  }

  get prices(): PriceBook {
    return this.current.prices;
  }

  set prices(prices: PriceBook) {
    this.current = this.join(this.current.table, prices);
  }

  /** Decides by this table and these prices. */
  get router(): Router {
    return this.current.router;
  }

  /** Whether it has been told of models and prices, be there any or not: before, every call would be refused. */
  get isKnown(): boolean {
    return this.table !== RoutingTable.empty && this.prices !== NO_PRICES;
  }

  private join(table: RoutingTable, prices: PriceBook): { table: RoutingTable; prices: PriceBook; router: Router } {
    return {
      table,
      prices,
      router: new Router(table, this.deployments, factsOf(prices, this.clock), { affinity: this.affinity }),
    };
  }
}

/** What strategies compare deployments by, out of the prices in force. */
function factsOf(prices: PriceBook, clock: Clock): CandidateFacts {
  const rowOf = ({ deployment, provider }: Pick<Candidate, 'deployment' | 'provider'>) => {
    const vendor = provider.vendor ?? provider.name;
    const nowMs = clock.nowMs();
    return (
      prices.priceAt({ model: deployment.model, provider: vendor }, nowMs) ??
      prices.priceAt({ model: deployment.modelGroup, provider: vendor }, nowMs)
    );
  };
  return {
    price: (candidate) => {
      const row = rowOf(candidate);
      return row ? (row.inputPico ?? 0n) + (row.outputPico ?? 0n) : null;
    },
    contextTokensMax: (candidate) => rowOf(candidate)?.contextTokensMax ?? null,
  };
}
