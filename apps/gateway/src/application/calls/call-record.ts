import type { UsageReport } from '@ao/contracts';
import { ZERO_USD, type NanoUsd } from '@ao/kernel';
import { NO_USAGE, cost, type PriceRow, type Usage } from '@ao/pricing';
import type { Reservation } from '../../domain/lease-pool.js';
import type { Route } from './route.js';
import type { CallBegin } from '../ports.js';
import type { InboundCall } from './call.js';

interface RecordOptions {
  gatewayId: string;
  call: InboundCall;
  route: Route;
  requestedModel: string;
  stream: boolean;
  endUserId: string | null;
  tags: string[];
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

/** What became of a call: collected while it runs, and told once at its end. */
export class CallRecord {
  status = 500;
  errorCode: string | null = null;
  partial = false;
  usage: Usage = NO_USAGE;
  usageSource: UsageReport['usageSource'] = 'none';
  finishReason: string | null = null;
  firstTokenMs: number | null = null;
  private readonly identity: CallBegin;

  constructor(private readonly options: RecordOptions) {
    this.identity = describeCall(options);
  }

  begin(): CallBegin {
    return this.identity;
  }

  /** What the call cost; with the caller's own provider key, nothing. */
  get cost(): NanoUsd {
    const { price, route } = this.options;
    return price && !route.ownKey ? cost(this.usage, price) : ZERO_USD;
  }

  end(durationMs: number): UsageReport {
    const { status, errorCode, partial, usage, usageSource, finishReason, firstTokenMs } = this;
    return {
      ...this.identity,
      // Those that a stream was extended by have come since.
      charges: this.options.reservation?.charges ?? [],
      status: Math.min(status, STATUS_MAX),
      errorCode: errorCode?.slice(0, PROVIDER_WORD_LENGTH_MAX) ?? null,
      partial,
      usage,
      usageSource,
      cost: this.cost,
      durationMs,
      finishReason: finishReason?.slice(0, PROVIDER_WORD_LENGTH_MAX) ?? null,
      firstTokenMs,
    };
  }
}

function describeCall({
  gatewayId,
  call,
  route,
  requestedModel,
  stream,
  endUserId,
  tags,
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
    endpoint: call.endpoint,
    requestedModel,
    modelGroup: route.modelGroup,
    model: route.model,
    provider: route.provider.name.slice(0, PROVIDER_LENGTH_MAX),
    deploymentId: route.deploymentId,
    stream,
    priceId: price?.id ?? null,
    ownKey: route.ownKey,
    cache: 'none',
    startedAtMs: call.startedAtMs,
    tags: tags.slice(0, TAGS_MAX),
    featureId: call.featureId,
    endUserId: endUserId?.slice(0, END_USER_LENGTH_MAX) ?? null,
    decision: { ...route.decision, candidates: route.decision.candidates.slice(0, CANDIDATES_MAX) },
  };
}
