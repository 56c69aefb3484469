import {
  EACH,
  SCOPE_DIMENSIONS,
  type AttributionRules,
  type BudgetClaim,
  type ScopeDimension,
  type ScopedBudget,
} from '@ao/contracts';
import type { Attribution } from './calls/attribution.js';
import type { InboundCall } from './calls/call.js';
import type { RequestFacts } from './calls/requests/request-facts.js';
import type { Route } from './calls/route.js';

/** What a call has in each dimension: several tags, two names of a model, or nothing at all. */
type CallFacts = Readonly<Record<ScopeDimension, readonly string[]>>;

/** Whom a call is for. */
export type AttributedCall = Pick<InboundCall, 'principal' | 'tags' | 'sessionId' | 'endUserId'>;

/** What is decided about a call by then. */
interface PlannedCall {
  route: Pick<Route, 'modelGroup' | 'provider'>;
  request: Pick<RequestFacts, 'model'>;
  attribution: Attribution;
}

const NONE: readonly BudgetClaim[] = [];
/** A call with fifty tags must not hold money on fifty wallets: those it cannot avoid, then the first of the others. */
const BUDGETS_PER_CALL_MAX = 24;

/**
 * Finds the budgets that apply to a call. Built once per snapshot. Each budget is filed under one of its fixed conditions,
 * so that a call looks only at those of its own team, key, model … and at the templates.
 */
export class BudgetScopes {
  private readonly byOrganisation = new Map<string, OrganisationBudgets>();

  constructor(budgets: readonly ScopedBudget[]) {
    for (const budget of budgets) {
      const ofOrganisation = this.byOrganisation.get(budget.orgId) ?? new OrganisationBudgets();
      this.byOrganisation.set(budget.orgId, ofOrganisation);
      ofOrganisation.file(budget);
    }
  }

  /** In an order that depends on nothing but the budgets. */
  applyingTo(call: AttributedCall, plan: PlannedCall): readonly BudgetClaim[] {
    const budgets = this.byOrganisation.get(call.principal.orgId);
    if (!budgets) return NONE;
    const facts = factsOf(call, plan);
    const claims = budgets.applyingTo(facts);
    if (claims.length <= BUDGETS_PER_CALL_MAX) return claims;
    // However many tags a caller names, the budgets of what it cannot leave out stay.
    const certain = budgets.applyingTo(withoutNamed(facts, call.principal.attribution));
    const unique = new Map([...certain, ...claims].map((claim) => [identityOf(claim), claim]));
    return [...unique.values()].slice(0, BUDGETS_PER_CALL_MAX).sort(byIdentity);
  }
}

class OrganisationBudgets {
  private readonly filed = new Map<string, ScopedBudget[]>();
  /** Without a fixed condition: templates, and the whole organisation. */
  private readonly general: ScopedBudget[] = [];

  file(budget: ScopedBudget): void {
    const fixed = SCOPE_DIMENSIONS.find((dimension) => {
      const value = budget.scope[dimension];
      return value !== undefined && value !== EACH;
    });
    if (fixed === undefined) return void this.general.push(budget);
    const key = fileKey(fixed, budget.scope[fixed]!);
    const others = this.filed.get(key);
    if (others) others.push(budget);
    else this.filed.set(key, [budget]);
  }

  applyingTo(facts: CallFacts): readonly BudgetClaim[] {
    const candidates = [...this.general];
    for (const dimension of SCOPE_DIMENSIONS) {
      for (const value of facts[dimension]) candidates.push(...(this.filed.get(fileKey(dimension, value)) ?? []));
    }
    if (candidates.length === 0) return NONE;
    const claims = candidates.flatMap((budget) => claimsOf(budget, facts));
    return claims.sort(byIdentity);
  }
}

/** One claim; of a template over tags, one for each tag. */
function claimsOf({ walletId, scope }: ScopedBudget, facts: CallFacts): BudgetClaim[] {
  let claims: string[][] = [[]];
  for (const dimension of SCOPE_DIMENSIONS) {
    const wanted = scope[dimension];
    if (wanted === undefined) continue;
    if (wanted === EACH) {
      // Of two names of a model, a template counts the one that deployments share.
      const values = dimension === 'model' ? facts.model.slice(0, 1) : facts[dimension];
      claims = claims.flatMap((before) => values.map((value) => [...before, value]));
    } else if (!facts[dimension].includes(wanted)) return [];
  }
  return claims.map((values) => ({ walletId, values }));
}

function factsOf({ principal, sessionId }: AttributedCall, { route, request, attribution }: PlannedCall): CallFacts {
  return {
    team: some(principal.teamId),
    user: some(principal.userId),
    key: [principal.keyId],
    model: [...new Set([route.modelGroup ?? request.model, request.model])],
    provider: [route.provider.name],
    end_user: some(attribution.endUserId),
    tag: attribution.tags,
    session: some(sessionId),
  };
}

/** What of a call's facts its caller did not choose, but for the model. */
const withoutNamed = (facts: CallFacts, { boundTags, boundEndUser }: AttributionRules): CallFacts => ({
  ...facts,
  tag: boundTags,
  end_user: some(boundEndUser),
  session: [],
});

const VALUE_LENGTH_MAX = 256;
const some = (value: string | null): string[] =>
  value === null || value === '' ? [] : [value.slice(0, VALUE_LENGTH_MAX)];
const fileKey = (dimension: ScopeDimension, value: string): string => `${dimension}=${value}`;
const identityOf = ({ walletId, values }: BudgetClaim): string => [walletId, ...values].join('\n');
const byIdentity = (a: BudgetClaim, b: BudgetClaim): number => (identityOf(a) < identityOf(b) ? -1 : 1);
