import type { RoutingDecision, UsageAttempt, UsageReport } from '@ao/contracts';
import { ZERO_USD, nanoUsd, type NanoUsd } from '@ao/kernel';
import { NO_USAGE, addUsage, cost, type PriceRow, type Usage } from '@ao/pricing';
import type { Reservation } from '../../domain/lease-pool.js';
import type { Route } from './route.js';
import type { CallBegin } from '../ports.js';
import type { Attribution } from './attribution.js';
import type { InboundCall } from './call.js';
import type { StepReason } from './course/course.js';

/** What a record tells of a call. */
export type RecordedCall = Pick<InboundCall, 'callId' | 'correlationId' | 'principal' | 'featureId' | 'startedAtMs'> & {
  /** As the request log names it. */
  endpoint: string;
};

interface RecordOptions {
  gatewayId: string;
  call: RecordedCall;
  route: Route;
  requestedModel: string;
  stream: boolean;
  attribution: Attribution;
  price: PriceRow | undefined;
  reservation: Reservation | null;
}

/**
 * What the contract of a report takes at most. A longer text would cost the whole report, and with it the money: callers
 * name their end users, providers their reasons and codes, as they like.
 */
const END_USER_LENGTH_MAX = 256;
const PROVIDER_LENGTH_MAX = 128;
const PROVIDER_WORD_LENGTH_MAX = 64;
const CANDIDATES_MAX = 200;
const TAGS_MAX = 50;
const STATUS_MAX = 599;
const ATTEMPTS_MAX = 20;

/** Where a call is tried. */
type Target = Pick<RecordOptions, 'route' | 'price'>;

/**
 * What became of a call: collected while it runs, and told once at its end. Its fields are those of the attempt under way;
 * `goOnAt` puts them down as an attempt that is over and begins another.
 */
export class CallRecord {
  status = 500;
  errorCode: string | null = null;
  partial = false;
  usage: Usage = NO_USAGE;
  usageSource: UsageReport['usageSource'] = 'none';
  /** How the provider says it served the call; null: as usual. */
  serviceTier: string | null = null;
  finishReason: string | null = null;
  firstTokenMs: number | null = null;
  /** What the response cache did, and what it saved where it had the answer. */
  cache: UsageReport['cache'] = 'none';
  savedCost: NanoUsd | null = null;
  /** What pays for the call; replaced where it goes on at a model that others pay for too. */
  reservation: Reservation | null;
  private readonly steps: NonNullable<RoutingDecision['steps']> = [];
  private readonly identity: CallBegin;
  private readonly over: UsageAttempt[] = [];
  private target: Target;
  private targetSinceMs: number;

  constructor(private readonly options: RecordOptions) {
    this.identity = describeCall(options);
    this.reservation = options.reservation;
    this.target = { route: options.route, price: options.price };
    this.targetSinceMs = options.call.startedAtMs;
  }

  begin(): CallBegin {
    return this.identity;
  }

  /** What the call cost, all attempts together; with the caller's own provider key, nothing. */
  get cost(): NanoUsd {
    return nanoUsd(this.over.reduce((sum, attempt) => sum + attempt.cost, this.costOfAttempt as bigint));
  }

  /** What all attempts together have consumed. */
  get totalUsage(): Usage {
    return this.over.reduce((sum, { usage }) => addUsage(sum, usage), this.usage);
  }

  /**
   * The call is tried again, there or elsewhere: what it consumed so far stays charged, by the price of where it was.
   * @param reason Why, for the request log.
   * @param nowMs epoch milliseconds.
   * @throws RangeError after as many attempts as a report can hold: whoever tries again must stop before.
   */
  goOnAt(target: Target, reason: StepReason, nowMs: number): void {
    if (this.over.length + 1 >= ATTEMPTS_MAX) throw new RangeError(`a call has at most ${ATTEMPTS_MAX} attempts`);
    this.over.push(this.attempt(nowMs - this.targetSinceMs));
    this.turnTo(target, reason, nowMs);
  }

  /** The call was not put to where it was meant to go: nothing was attempted there. */
  turnTo(target: Target, reason: StepReason, nowMs: number): void {
    this.target = target;
    this.targetSinceMs = nowMs;
    const { modelGroup, deploymentId } = target.route;
    this.steps.push({ modelGroup: modelGroup ?? this.identity.requestedModel, deploymentId, reason });
    Object.assign(this, {
      status: 500,
      errorCode: null,
      partial: false,
      usage: NO_USAGE,
      usageSource: 'none',
      serviceTier: null,
      finishReason: null,
    });
  }

  end(durationMs: number): UsageReport {
    const { finishReason, firstTokenMs, partial } = this;
    const last = this.attempt(durationMs - (this.targetSinceMs - this.options.call.startedAtMs));
    const attempts = [...this.over, last];
    const { status, errorCode, usage, usageSource, startedAtMs: _since, cost: _cost, ...where } = last;
    return {
      ...this.identity,
      // Those that a stream was extended by have come since.
      charges: this.reservation?.charges ?? [],
      ...(this.steps.length > 0 &&
        this.identity.decision && { decision: { ...this.identity.decision, steps: this.steps } }),
      ...where,
      modelGroup: this.target.route.modelGroup,
      status,
      errorCode,
      partial,
      ...(this.over.length === 0 ? { usage, usageSource } : { ...totalOf(attempts), attempts }),
      serviceTier: this.serviceTier,
      cost: nanoUsd(this.over.reduce((sum, attempt) => sum + attempt.cost, last.cost as bigint)),
      durationMs,
      cache: this.cache,
      ...(this.savedCost !== null && { savedCost: this.savedCost }),
      finishReason: finishReason?.slice(0, PROVIDER_WORD_LENGTH_MAX) ?? null,
      firstTokenMs,
    };
  }

  private get costOfAttempt(): NanoUsd {
    const { price, route } = this.target;
    return price && !route.ownKey ? cost(this.consumption, price, this.serviceTier) : ZERO_USD;
  }

  /** What the attempt consumed; one call, if anything at all. */
  private get consumption(): Usage {
    return this.usageSource === 'none' ? this.usage : { ...this.usage, calls: Math.max(this.usage.calls, 1) };
  }

  private attempt(durationMs: number): UsageAttempt {
    const { status, errorCode, consumption, usageSource, serviceTier } = this;
    return {
      ...describeTarget(this.target),
      status: Math.min(status, STATUS_MAX),
      errorCode: errorCode?.slice(0, PROVIDER_WORD_LENGTH_MAX) ?? null,
      usage: consumption,
      usageSource,
      serviceTier,
      cost: this.costOfAttempt,
      startedAtMs: this.targetSinceMs,
      durationMs: Math.max(durationMs, 0),
    };
  }
}

/** What was consumed by all attempts; counted by us if any of it was. */
function totalOf(attempts: readonly UsageAttempt[]): Pick<UsageReport, 'usage' | 'usageSource'> {
  const sources = attempts.map(({ usageSource }) => usageSource);
  const usageSource = (['estimated', 'provider'] as const).find((source) => sources.includes(source)) ?? 'none';
  return { usage: attempts.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE), usageSource };
}

function describeTarget({
  route,
  price,
}: Target): Pick<UsageReport, 'provider' | 'vendor' | 'deploymentId' | 'model' | 'priceId'> {
  const { name, vendor } = route.provider;
  return {
    provider: name.slice(0, PROVIDER_LENGTH_MAX),
    ...(vendor != null && vendor !== name && { vendor }),
    deploymentId: route.deploymentId,
    model: route.model,
    priceId: price?.id ?? null,
  };
}

/** Candidates of a group are shared by all its calls: not copied unless there are too many. */
const shortDecision = (decision: RoutingDecision): RoutingDecision =>
  decision.candidates.length <= CANDIDATES_MAX
    ? decision
    : { ...decision, candidates: decision.candidates.slice(0, CANDIDATES_MAX) };

function describeCall({
  gatewayId,
  call,
  route,
  requestedModel,
  stream,
  attribution,
  price,
  reservation,
}: RecordOptions): CallBegin {
  const { principal } = call;
  return {
    requestId: call.callId,
    correlationId: call.correlationId,
    gatewayId,
    orgId: principal.orgId,
    teamId: principal.teamId,
    userId: principal.userId,
    keyId: principal.keyId,
    charges: reservation?.charges.map((charge) => ({ ...charge })) ?? [],
    costCenter: reservation?.costCenter ?? null,
    endpoint: call.endpoint,
    requestedModel,
    modelGroup: route.modelGroup,
    ...describeTarget({ route, price }),
    stream,
    ownKey: route.ownKey,
    cache: 'none',
    startedAtMs: call.startedAtMs,
    tags: attribution.tags.slice(0, TAGS_MAX),
    featureId: call.featureId,
    endUserId: attribution.endUserId?.slice(0, END_USER_LENGTH_MAX) ?? null,
    decision: shortDecision(route.decision),
  };
}
