import type { RoutingDecision } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import {
  modelNamed,
  type Candidate,
  type Choice,
  type FallbackKind,
  type Resolution,
  type ResolvedPolicy,
  type RouteQuestion,
  type Router,
} from '@ao/router';
import { backoffMs } from './backoff.js';
import { isLocal, mayPass, wasNotAsked, type Failure } from './failure.js';
import { retriesFor } from './retries-for.js';
import type { Route } from '../route.js';

export type StepReason = NonNullable<RoutingDecision['steps']>[number]['reason'];

/** Where a call goes on after a failure. */
export interface Step {
  route: Route;
  reason: StepReason;
  /** Not before so long from now. */
  waitMs: number;
}

/** What the caller asks of the way its call takes. */
export interface CourseWishes {
  /** In place of what the model group says. */
  retriesMax?: number | undefined;
  /** Model groups in place of the configured fallbacks. */
  fallbacks?: readonly string[] | undefined;
  contextWindowFallbacks?: readonly string[] | undefined;
  contentPolicyFallbacks?: readonly string[] | undefined;
}

/** A longer wait is for the caller to decide: it is told of the failure, with the provider's `Retry-After`. */
const WAIT_MS_MAX = 20_000;
/** Of a call, all together, whatever is configured: what a usage report can tell. */
const ATTEMPTS_MAX = 20;

/**
 * The way of one call: the deployment that is asked first, and after each failure where it goes on. Retries stay in the
 * model group, at deployments that were not asked yet as long as there are any; then come the fallbacks. What cannot succeed
 * is not tried (docs/failures.md).
 */
export class Course {
  readonly first: Route;
  /** Attempts after the first one within a group, and changes of the group. */
  retries = 0;
  fallbacks = 0;
  private attempts = 1;
  private resolution: Resolution;
  private policy: ResolvedPolicy;
  /** Attempts by deployment. */
  private readonly asked = new Map<string, number>();
  /** Deployments that cannot be told what the call asks, or have no price. */
  private readonly unfit = new Set<string>();
  private readonly origin: string;
  private readonly groups: Set<string>;
  private retriesInGroup = 0;
  private usable = 1;

  /** @throws AppError where the call may not go anywhere, or there is nowhere to go now. */
  constructor(
    private readonly question: RouteQuestion,
    resolution: Resolution,
    private readonly router: Router,
    private readonly wishes: CourseWishes,
    private readonly random: () => number,
  ) {
    this.resolution = resolution;
    this.policy = this.policyOf(resolution.modelGroup);
    this.origin = resolution.modelGroup;
    this.groups = new Set([this.origin]);
    const first = this.pick() ?? this.pickElsewhere();
    if (first === null) throw nowhere(this.resolution.modelGroup, this.choose());
    this.first = first;
  }

  /** How the group that is asked now is served. */
  get groupPolicy(): ResolvedPolicy {
    return this.policy;
  }

  /** Whether another deployment could serve the group that is asked now. */
  get hasOthers(): boolean {
    return this.usable > 1;
  }

  /** The deployments that could serve the call now, the one that it is at first. */
  routesNow(current: Route): Route[] {
    const choice = this.choose();
    const open = new Set(choice.candidates.filter(({ dropped }) => dropped === null).map((one) => one.deploymentId));
    const { orgId } = this.question.principal;
    const others = this.router.table
      .candidates(this.resolution.modelGroup, orgId)
      .filter(({ deployment }) => open.has(deployment.id) && !this.unfit.has(deployment.id));
    const routes = others.map((candidate) => this.routeTo(candidate, choice));
    return [current, ...routes.filter(({ deploymentId }) => deploymentId !== current.deploymentId)];
  }

  /** The deployment has served the call. */
  remember({ deploymentId }: Route): void {
    if (deploymentId !== null) this.router.remember(this.question, this.resolution, deploymentId);
  }

  /** The call cannot be put to this deployment. */
  passOver({ deploymentId }: Route): void {
    if (deploymentId !== null) this.unfit.add(deploymentId);
  }

  /** The call cannot be put to this deployment: another one instead. Null: none is left, in this group or its fallbacks. */
  insteadOf({ deploymentId }: Route): Route | null {
    if (deploymentId !== null) {
      this.unfit.add(deploymentId);
      this.asked.delete(deploymentId);
    }
    return this.pick() ?? this.pickElsewhere();
  }

  /** Where the call goes on; null: nowhere, the caller is told. @param monotonicMs Now. */
  next(failure: Failure, monotonicMs: number, deadlineMs: number): Step | null {
    this.question.monotonicMs = monotonicMs;
    if (failure.kind === 'ours' || this.attempts >= ATTEMPTS_MAX) return null;
    const step = this.withinGroup(failure, deadlineMs) ?? this.toFallback(failure);
    if (step) this.attempts += 1;
    return step;
  }

  private withinGroup(failure: Failure, deadlineMs: number): Step | null {
    if (!isLocal(failure)) return null;
    if (wasNotAsked(failure)) return this.besides(failure);
    if (this.retriesInGroup >= retriesFor(failure, this.policy, this.wishes.retriesMax)) return null;
    const route = this.pick();
    if (route === null) return null;
    const before = this.asked.get(route.deploymentId!)! - 1;
    if (before > 0 && !mayPass(failure)) return null;
    const waitMs = before === 0 ? 0 : this.waitFor(failure, before);
    if (waitMs > WAIT_MS_MAX || this.question.monotonicMs + waitMs >= deadlineMs) return null;
    this.retriesInGroup += 1;
    this.retries += 1;
    return { route, reason: before === 0 ? 'failover' : 'retry', waitMs };
  }

  /** Where the call goes that could not be put to the deployment which was picked: no retry, since nothing was tried. */
  private besides({ kind }: Failure): Step | null {
    const route = this.pick();
    if (route === null || this.asked.get(route.deploymentId!) !== 1) return null;
    return { route, reason: kind === 'full' ? 'capacity' : 'failover', waitMs: 0 };
  }

  private waitFor({ retryAfterMs }: Failure, before: number): number {
    return Math.max(backoffMs(before, this.random), this.policy.retryAfterMinMs, retryAfterMs ?? 0);
  }

  private toFallback(failure: Failure): Step | null {
    const { kind } = failure;
    if (kind === 'context_window' || kind === 'content_policy') {
      const route = this.fallBack(kind) ?? this.fallBack('general');
      return route && { route, reason: kind, waitMs: 0 };
    }
    if (kind === 'bad_request') return null;
    const route = this.fallBack('general');
    return route && { route, reason: 'fallback', waitMs: 0 };
  }

  /** No deployment of the group can be asked at all: its fallbacks may. */
  private pickElsewhere(): Route | null {
    return this.fallBack('general');
  }

  private fallBack(kind: FallbackKind): Route | null {
    const { orgId } = this.question.principal;
    for (const name of this.wished(kind) ?? this.configured(kind)) {
      const group = this.router.table.resolve(name, orgId);
      if (this.groups.has(group)) continue;
      if (this.groups.size > this.router.table.settingsOf(orgId).fallbacksMax) return null;
      this.groups.add(group);
      const route = this.enter(group);
      if (route) return route;
    }
    return null;
  }

  /** Those of the group that the call was meant for, then those of the one that it came to. */
  private configured(kind: FallbackKind): readonly string[] {
    const { orgId } = this.question.principal;
    const own = this.router.fallbacksOf(this.origin, orgId, kind);
    const { modelGroup } = this.resolution;
    return modelGroup === this.origin ? own : [...own, ...this.router.fallbacksOf(modelGroup, orgId, kind)];
  }

  private wished(kind: FallbackKind): readonly string[] | undefined {
    const { fallbacks, contextWindowFallbacks, contentPolicyFallbacks } = this.wishes;
    if (kind === 'context_window') return contextWindowFallbacks;
    return kind === 'content_policy' ? contentPolicyFallbacks : fallbacks;
  }

  /** Goes over to another group, if one of its deployments can be asked. */
  private enter(modelGroup: string): Route | null {
    const before = { resolution: this.resolution, policy: this.policy };
    // What a rule demanded of deployments was meant for the group that it named.
    this.resolution = { ...this.resolution, modelGroup, provider: null, weights: null };
    this.policy = this.policyOf(modelGroup);
    const route = this.pickUnlessForbidden();
    if (route === null) {
      Object.assign(this, before);
      return null;
    }
    this.retriesInGroup = 0;
    this.fallbacks += 1;
    return route;
  }

  /** A fallback in a forbidden region is none. */
  private pickUnlessForbidden(): Route | null {
    try {
      return this.pick();
    } catch (error) {
      if (error instanceof AppError && error.code === 'region_not_allowed') return null;
      throw error;
    }
  }

  private pick(): Route | null {
    const choice = this.choose();
    const { picked } = choice;
    if (picked === null || this.unfit.has(picked.deployment.id)) return null;
    const { id, retriesMax } = picked.deployment;
    const before = this.asked.get(id) ?? 0;
    if (retriesMax !== null && before > retriesMax) return null;
    this.asked.set(id, before + 1);
    this.usable = choice.usable;
    return this.routeTo(picked, choice);
  }

  private choose(): Choice {
    const tried = this.asked.size + this.unfit.size === 0 ? NONE : new Set([...this.asked.keys(), ...this.unfit]);
    return this.router.choose(this.question, this.resolution, tried);
  }

  private routeTo({ deployment, provider }: Candidate, { strategy, candidates }: Choice): Route {
    const { modelGroup, decision } = this.resolution;
    return {
      provider,
      model: modelNamed(deployment, modelGroup),
      deploymentId: deployment.id,
      deployment,
      // Of a wildcard its own name: callers may fit any number of names to it.
      modelGroup: deployment.modelGroup,
      direct: false,
      ownKey: false,
      decision: { ...decision, strategy, candidates, picked: deployment.id },
    };
  }

  private policyOf(modelGroup: string): ResolvedPolicy {
    return this.router.table.policyOf(this.question.principal.orgId, modelGroup);
  }
}

/** The usual case: the first deployment that is asked answers. */
const NONE: ReadonlySet<string> = new Set();
const MS_PER_S = 1_000;

function nowhere(modelGroup: string, { retryAfterMs }: Choice): AppError {
  const name = JSON.stringify(modelGroup.slice(0, 80));
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / MS_PER_S));
  return new AppError(
    'no_deployment_available',
    `No deployment of ${name} can be asked now: all of them failed lately, or none fits this call. Try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
}
