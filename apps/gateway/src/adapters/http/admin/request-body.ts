import type {
  CostDetail,
  getRequestV1,
  RequestAdjustment,
  RequestLogRow,
  ResponseOf,
  RoutingDecision,
  UsageAttempt,
} from '@ao/contracts';
import { formatPicoUsd, formatUsd, formatUsdPerMillionTokens } from '@ao/kernel';
import { snakeCase, toSnakeCase } from './fields.js';

/** A call as lists show it. */
export function toRequestBody(call: RequestLogRow): object {
  const {
    requestId,
    correlationId,
    cost,
    originalCost,
    savedCost,
    usage,
    charges,
    startedAtMs,
    decision,
    attempts,
    ...row
  } = call;
  return {
    id: requestId,
    request_id: correlationId,
    started_at: new Date(startedAtMs).toISOString(),
    cost_usd: formatUsd(cost),
    ...(originalCost !== undefined && { original_cost_usd: formatUsd(originalCost) }),
    ...(savedCost !== undefined && { saved_usd: formatUsd(savedCost) }),
    ...toSnakeCase(row),
    cost_center: row.costCenter ?? null,
    usage: toSnakeCase(usage),
    charges: charges.map(({ walletId, reserved }) => ({ wallet_id: walletId, reserved_usd: formatUsd(reserved) })),
    decision: decision && toDecisionBody(decision),
    ...(attempts && { attempts: attempts.map(toAttemptBody) }),
  };
}

/** A call by itself, with how its cost comes about. */
export function toRequestDetailBody({ request, costDetails, adjustments }: ResponseOf<typeof getRequestV1>): object {
  return {
    ...toRequestBody(request),
    cost_details: costDetails.map(toCostDetailBody),
    adjustments: adjustments.map(toAdjustmentBody),
  };
}

/** How it was decided where the call went (RT-007). */
function toDecisionBody({ strategy, candidates, picked, alias, rule, experiment, steps }: RoutingDecision): object {
  return {
    strategy,
    alias: alias ?? null,
    rule: rule ?? null,
    experiment: experiment ? toSnakeCase(experiment) : null,
    candidates: candidates.map(toSnakeCase),
    picked: picked ?? null,
    steps: (steps ?? []).map(toSnakeCase),
  };
}

function toAttemptBody({ usage, cost, startedAtMs, ...attempt }: UsageAttempt): object {
  return {
    ...toSnakeCase(attempt),
    usage: toSnakeCase(usage),
    cost_usd: formatUsd(cost),
    started_at: new Date(startedAtMs).toISOString(),
  };
}

function toCostDetailBody({ provider, model, price, lines, roundingPico, cost }: CostDetail): object {
  return {
    provider,
    model,
    price: price && {
      id: price.id,
      source: price.source,
      effective_from: new Date(price.effectiveFromMs).toISOString(),
      free: price.free,
    },
    lines: lines.map(({ bucket, count, ratePico, amountPico }) => ({
      bucket: snakeCase(bucket),
      count,
      usd_per_million: formatUsdPerMillionTokens(ratePico),
      amount_usd: formatPicoUsd(amountPico),
    })),
    rounding_usd: formatPicoUsd(roundingPico),
    cost_usd: formatUsd(cost),
  };
}

const toAdjustmentBody = ({ difference, cost, ...adjustment }: RequestAdjustment): object => ({
  ...toSnakeCase(adjustment),
  difference_usd: formatUsd(difference),
  cost_usd: formatUsd(cost),
});
