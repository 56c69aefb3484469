import { AppError } from '@ao/kernel';
import { byConversation, ConversationAffinity } from './affinity/conversation-affinity.js';
import type { Circumstances } from './choice/eligibility.js';
import { pick } from './choice/pick.js';
import { tellCandidates } from './choice/tell.js';
import { countUsable, retryAfterMs } from './choice/usable.js';
import { fallbacksOf, type FallbackKind } from './fallbacks.js';
import { isWithin, regionsForCountry } from './filters/regions.js';
import type { ResolvedPolicy } from './policy.js';
import type { CandidateFacts, Choice, Resolution, RouteQuestion } from './question.js';
import type { StatesView } from './state/deployment-states.js';
import { STRATEGIES } from './strategies/strategies.js';
import type { Strategy } from './strategies/strategy.js';
import type { Pool } from './table/pool.js';
import type { RoutingTable } from './table/routing-table.js';

/** What decides beside table and states. */
export interface RouterOptions {
  /** Outlives the router: the same one for the routers of all tables. */
  affinity?: ConversationAffinity;
  /** From 0 to 1. */
  random?: () => number;
}

interface NamedStrategy {
  name: string;
  strategy: Strategy;
  /** The deployment that is to be taken if it may be. */
  preferredId: string | null;
}

/**
 * Decides where calls go, in the order of docs/routing.md: alias, rules, experiment, then within a group the hard filters, what a
 * rule demands, tags, region, circuits, health and the strategy. Reads only: what happened is told to `DeploymentStates`.
 */
export class Router {
  private readonly affinity: ConversationAffinity;
  private readonly random: () => number;

  constructor(
    readonly table: RoutingTable,
    private readonly states: StatesView,
    private readonly facts: CandidateFacts,
    { affinity = new ConversationAffinity(), random = Math.random }: RouterOptions = {},
  ) {
    this.affinity = affinity;
    this.random = random;
  }

  /**
   * The group that a call goes to.
   * @throws AppError `policy_denied` where a rule blocks it.
   */
  resolve(question: RouteQuestion): Resolution {
    const { model, principal } = question;
    const named = this.table.resolve(model, principal.orgId);
    const rule = this.table.ruleBook.firstThatHolds(question, named);
    if (rule?.action.type === 'block') throw blocked(rule.name, rule.action.message);
    const ruled = rule?.action.model === undefined ? named : this.table.resolve(rule.action.model, principal.orgId);
    const assignment = this.table.experimentBook.assign(question, ruled);
    const modelGroup = assignment ? this.table.resolve(assignment.model, principal.orgId) : ruled;
    return {
      modelGroup,
      decision: {
        alias: named === model ? null : model,
        rule: rule ? { id: rule.id, name: rule.name } : null,
        experiment: assignment ? { experimentId: assignment.experimentId, variant: assignment.variant } : null,
      },
      provider: rule?.action.provider ?? null,
      // Shares name deployments of the rule's own group: a variant's group has others.
      weights: (modelGroup === ruled ? rule?.action.weights : undefined) ?? null,
    };
  }

  /**
   * Picks the deployment of a group that is to be asked next.
   * @param tried Deployments that the call has been to; they come last.
   * @throws AppError `region_not_allowed` where a lock leaves none.
   */
  choose(question: RouteQuestion, resolution: Resolution, tried: ReadonlySet<string>): Choice {
    const { modelGroup } = resolution;
    const { orgId } = question.principal;
    const policy = this.table.policyOf(orgId, modelGroup);
    const pool = this.table.poolOf(question, resolution);
    if (pool === null) return { strategy: policy.strategy, picked: null, retryAfterMs: 0, candidates: [], usable: 0 };
    refuseOutside(pool, question.model);
    const { name, strategy, preferredId } = this.strategyOf(question, resolution, policy);
    const circumstances = this.circumstancesOf(question, strategy, policy, tried);
    const picked = pick(pool, circumstances, preferredId);
    const { nowMs } = circumstances.context;
    return {
      strategy: name,
      picked: picked.candidate,
      retryAfterMs: picked.candidate ? 0 : retryAfterMs(pool, this.states, nowMs),
      usable: countUsable(pool, this.states, nowMs),
      candidates: tellCandidates(pool, circumstances, picked),
    };
  }

  /** The groups that a call may fall back to from a group, in order. */
  fallbacksOf(modelGroup: string, orgId: string, kind: FallbackKind): readonly string[] {
    const settings = this.table.settingsOf(orgId);
    return fallbacksOf(settings, modelGroup, kind, (model) => this.table.resolve(model, orgId));
  }

  /** Whether a call may be served in a region by what is no deployment, as direct OpenAI; null: it is in none. */
  mayServeIn(region: string | null, { principal, country }: Pick<RouteQuestion, 'principal' | 'country'>): boolean {
    const { residencyRegions, geoRules } = this.table.settingsOf(principal.orgId);
    const locks = regionsForCountry(geoRules, country);
    return (residencyRegions ? [residencyRegions, ...locks] : locks).every((regions) =>
      isWithin(region?.toLowerCase() ?? null, regions),
    );
  }

  /** A deployment has served the call: the conversation is to come back to it, where its group keeps to that (BX-017). */
  remember(question: RouteQuestion, { modelGroup }: Pick<Resolution, 'modelGroup'>, deploymentId: string): void {
    const key = this.conversationOf(question, modelGroup);
    if (key !== null) this.affinity.remember(key, deploymentId, question.monotonicMs);
  }

  private strategyOf(
    question: RouteQuestion,
    { modelGroup, weights }: Resolution,
    policy: ResolvedPolicy,
  ): NamedStrategy {
    const conversation = this.conversationOf(question, modelGroup);
    if (conversation !== null) {
      const preferredId = this.affinity.recall(conversation, question.monotonicMs);
      return { name: 'prompt-cache-affinity', strategy: byConversation(conversation), preferredId };
    }
    // Shares mean something to these two only; a rule that names shares means to share.
    const name = weights === null || policy.strategy === 'weighted-round-robin' ? policy.strategy : 'simple-shuffle';
    return { name, strategy: STRATEGIES[name], preferredId: null };
  }

  /** Null: its group does not keep conversations together, or the call begins none. */
  private conversationOf(question: RouteQuestion, modelGroup: string): string | null {
    const { orgId } = question.principal;
    if (!this.table.policyOf(orgId, modelGroup).promptCacheAffinity) return null;
    const key = question.conversationKey();
    return key === null ? null : `${orgId}\n${modelGroup}\n${key}`;
  }

  private circumstancesOf(
    question: RouteQuestion,
    strategy: Strategy,
    policy: ResolvedPolicy,
    tried: ReadonlySet<string>,
  ): Circumstances {
    const { preCallChecks, latencyBuffer } = this.table.settingsOf(question.principal.orgId);
    const { states, facts, random } = this;
    return {
      strategy,
      context: { states, facts, random, nowMs: question.monotonicMs, latencyBuffer },
      tried,
      serviceLevel: policy.serviceLevel ?? null,
      promptTokens: preCallChecks ? question.promptTokensBound() : null,
    };
  }
}

function blocked(rule: string, message: string | undefined): AppError {
  return new AppError('policy_denied', message ?? `The routing rule ${JSON.stringify(rule)} refuses this call.`);
}

function refuseOutside({ refusal }: Pool, model: string): void {
  if (refusal === null) return;
  const quoted = JSON.stringify(model.slice(0, 80));
  throw new AppError(
    'region_not_allowed',
    refusal === 'residency'
      ? `No healthy deployment of ${quoted} is in a region that the organisation is locked to. Add one, or change residency_regions.`
      : `No healthy deployment of ${quoted} is in a region that calls from your country may go to. Add one, or change geo_rules.`,
  );
}
