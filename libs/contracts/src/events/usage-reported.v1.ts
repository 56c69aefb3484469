import { z } from 'zod';
import { defineEvent } from '../define.js';
import { costCenter, epochMs, id, modelName, nanoUsd, serviceTier, tag } from '../fields.js';
import { experimentAssignment } from '../experiments.js';
import { usage } from '../usage.js';

/** What a request reserved on one wallet, and from which lease. */
export const leaseCharge = z.object({ walletId: id, leaseId: id.nullable(), reserved: nanoUsd });
export type LeaseCharge = z.output<typeof leaseCharge>;

/** Why a deployment was chosen (RT-007). */
export const routingDecision = z.object({
  strategy: z.string().max(64),
  candidates: z
    .array(
      z.object({
        deploymentId: id,
        /** Why it was not in question; null: it was. */
        dropped: z.string().max(200).nullable(),
        /** By which the strategy compared it, in the strategy's own unit; lower is better. */
        score: z.number().nullable().optional(),
      }),
    )
    .max(200),
  /** The deployment that was asked first; absent from gateways of a version before rules, until 1.0. */
  picked: id.nullable().optional(),
  /** What the name in the request stood for. */
  alias: modelName.nullable().optional(),
  rule: z
    .object({ id, name: z.string().max(200) })
    .nullable()
    .optional(),
  experiment: experimentAssignment.nullable().optional(),
  /** Each further deployment that was asked, and why. */
  steps: z
    .array(
      z.object({
        modelGroup: modelName,
        deploymentId: id.nullable(),
        reason: z.enum(['retry', 'failover', 'fallback', 'context_window', 'content_policy', 'recovery', 'capacity']),
      }),
    )
    .max(20)
    .optional(),
});
export type RoutingDecision = z.output<typeof routingDecision>;

const usageSource = z.enum(['provider', 'estimated', 'none']);
const providerName = z.string().max(128);

/** One try of a call at one provider: it has a price and a cost of its own, whatever became of it. */
export const usageAttempt = z.object({
  provider: providerName,
  /** As `vendor` of the call. */
  vendor: providerName.optional(),
  deploymentId: id.nullable(),
  model: modelName,
  priceId: id.nullable(),
  /** HTTP status of the provider; 499 when the caller left. */
  status: z.int().min(100).max(599),
  errorCode: z.string().max(64).nullable(),
  usage,
  usageSource,
  /** As `serviceTier` of the call. */
  serviceTier: serviceTier.nullable().optional(),
  cost: nanoUsd,
  startedAtMs: epochMs,
  durationMs: z.number().min(0),
});
export type UsageAttempt = z.output<typeof usageAttempt>;

/** One finished call, from the gateway's point of view. Money in nano-dollars, durations in milliseconds. */
export const usageReport = z.object({
  /** Made by the gateway, unique: what is billed once is this id. */
  requestId: id,
  /** The caller's own X-Request-ID, or a UUID: for finding things, never for money. */
  correlationId: id,
  gatewayId: id,
  orgId: id,
  teamId: id.nullable(),
  userId: id.nullable(),
  keyId: id,
  /** Leaf first; empty when nothing is charged. */
  charges: z.array(leaseCharge).max(256),
  /**
   * Of the wallet that pays, or the nearest above it that has one, when the call began: a later change of the wallet does
   * not change it. Absent in reports of a version that does not tell it, until 1.0.
   */
  costCenter: costCenter.nullable().optional(),
  endpoint: z.string().max(128),
  requestedModel: modelName,
  modelGroup: modelName.nullable(),
  model: modelName,
  provider: providerName,
  /** Under whose name the price was looked up, where that is not `provider`: the vendor behind a provider's own name. */
  vendor: providerName.optional(),
  deploymentId: id.nullable(),
  /** HTTP status sent to the caller; 499 when the caller left. */
  status: z.int().min(100).max(599),
  errorCode: z.string().max(64).nullable(),
  stream: z.boolean(),
  /** The caller left, or the stream broke, before the end. */
  partial: z.boolean(),
  /** Of all attempts together. */
  usage,
  /** `provider`: as reported by it; `estimated`: counted by us; `none`: nothing was consumed. */
  usageSource,
  /** The service that the provider says it served the call by (with `attempts`: the last one); null: its standard one. */
  serviceTier: serviceTier.nullable().optional().default(null),
  /** With `attempts`: the sum of theirs. */
  cost: nanoUsd,
  /** The price row that the cost was computed with. */
  priceId: id.nullable(),
  /** Paid with the caller's own provider key: metered, never charged. */
  ownKey: z.boolean(),
  cache: z.enum(['none', 'hit', 'semantic', 'miss', 'bypass']).optional().default('none'),
  /** What the call cost whose answer was repeated from the cache. */
  savedCost: nanoUsd.optional(),
  startedAtMs: epochMs,
  durationMs: z.number().min(0),
  firstTokenMs: z.number().min(0).nullable(),
  finishReason: z.string().max(64).nullable(),
  tags: z.array(tag).max(50),
  featureId: z.string().max(128).nullable(),
  endUserId: z.string().max(256).nullable(),
  decision: routingDecision.nullable(),
  /** In their order; absent when there was one attempt, which the call itself then describes. */
  attempts: z.array(usageAttempt).min(1).max(20).optional(),
});
export type UsageReport = z.output<typeof usageReport>;

export const usageReportExample: z.input<typeof usageReport> = {
  requestId: 'req_1',
  correlationId: '0f2c6a4e-5b1d-4c55-9a53-7d3a1f1c2b11',
  gatewayId: 'gw_1',
  orgId: 'org_1',
  teamId: 'team_1',
  userId: null,
  keyId: 'key_1',
  charges: [{ walletId: 'wal_1', leaseId: 'lse_1', reserved: '2000000' }],
  endpoint: '/v1/chat/completions',
  requestedModel: 'gpt-4o',
  modelGroup: 'gpt-4o',
  model: 'gpt-4o',
  provider: 'openai',
  deploymentId: 'dep_1',
  status: 200,
  errorCode: null,
  stream: false,
  partial: false,
  usage: { inputTokens: 100, outputTokens: 100 },
  usageSource: 'provider',
  cost: '1250000',
  priceId: 'prc_1',
  ownKey: false,
  startedAtMs: 1767225600000,
  durationMs: 420.5,
  firstTokenMs: null,
  finishReason: 'stop',
  tags: [],
  featureId: null,
  endUserId: null,
  decision: null,
};

/** A gateway reports a finished call; `metering` turns it into the authoritative record. Event id = request id. */
export const usageReportedV1 = defineEvent({
  subject: 'evt.gateway.usage.reported.v1',
  owner: 'gateway',
  payload: usageReport,
  example: usageReportExample,
});
