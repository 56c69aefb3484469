import { randomInt } from 'node:crypto';
import type { CandidateFacts, Choice, Resolution, RouteQuestion } from './question.js';
import type { StatesView } from './state/deployment-states.js';
import type { Candidate, RoutingTable } from './table/routing-table.js';

/** Which of a group's fallbacks are asked for. */
export type FallbackKind = 'general' | 'context_window' | 'content_policy';

/**
 * Decides where calls go, in the order of docs/requirements/routing.md: alias, rules, experiment, then within a group the
 * hard filters, tags, region, circuits and the strategy. Reads only: what happened is told to `DeploymentStates`.
 */
export class Router {
  constructor(
    readonly table: RoutingTable,
    private readonly states: StatesView,
    _facts: CandidateFacts,
  ) {}

  /**
   * The group that a call goes to.
   * @throws AppError `policy_denied` where a rule blocks it.
   */
  resolve({ model, principal }: RouteQuestion): Resolution {
    const modelGroup = this.table.resolve(model, principal.orgId);
    return {
      modelGroup,
      decision: { alias: modelGroup === model ? null : model, rule: null, experiment: null },
      provider: null,
      weights: null,
    };
  }

  /**
   * Picks the deployment of a group that is to be asked next.
   * @param tried Deployments that the call has been to; they come last.
   * @throws AppError `region_not_allowed` where a lock leaves none.
   */
  choose(question: RouteQuestion, { modelGroup }: Resolution, tried: ReadonlySet<string>): Choice {
    const candidates = this.table.candidates(modelGroup, question.principal.orgId);
    const now = question.monotonicMs;
    const closed = candidates.filter(({ deployment }) => this.states.admits(deployment.id, now));
    const healthy = closed.filter((candidate) => candidate.healthy);
    // Where none answers its checks, each is as good as the other: a call may still go through.
    const usable = healthy.length > 0 ? healthy : closed;
    const untried = usable.filter(({ deployment }) => !tried.has(deployment.id));
    const picked = pickWeighted(untried.length > 0 ? untried : usable);
    const waits = candidates.map(({ deployment }) => this.states.retryAfterMs(deployment.id, now));
    return {
      strategy: 'simple-shuffle',
      picked,
      retryAfterMs: picked || waits.length === 0 ? 0 : Math.min(...waits),
      usable: usable.length,
      candidates: candidates.map((candidate) => ({
        deploymentId: candidate.deployment.id,
        dropped: usable.includes(candidate) ? null : closed.includes(candidate) ? 'unhealthy' : 'circuit open',
      })),
    };
  }

  /** The groups that a call may fall back to from a group, in order. */
  fallbacksOf(modelGroup: string, orgId: string, kind: FallbackKind): readonly string[] {
    const settings = this.table.settingsOf(orgId);
    if (kind === 'context_window') return settings.contextWindowFallbacks[modelGroup] ?? [];
    if (kind === 'content_policy') return settings.contentPolicyFallbacks[modelGroup] ?? [];
    return settings.fallbacks[modelGroup] ?? settings.defaultFallbacks;
  }
}

/** Lowest priority number first; among equals by weight. */
function pickWeighted(candidates: readonly Candidate[]): Candidate | null {
  if (candidates.length <= 1) return candidates[0] ?? null;
  const first = Math.min(...candidates.map(({ deployment }) => deployment.priority));
  const eligible = candidates.filter(({ deployment }) => deployment.priority === first);
  const total = eligible.reduce((sum, { deployment }) => sum + deployment.weight, 0);
  let ticket = total > 0 ? randomInt(total) : 0;
  for (const candidate of eligible) {
    ticket -= candidate.deployment.weight;
    if (ticket < 0) return candidate;
  }
  return eligible[0]!;
}
