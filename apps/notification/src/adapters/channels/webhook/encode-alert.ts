import { formatUsd } from '@ao/kernel';
import type { Alert, AlertFacts } from '../../../domain/alert.js';

/**
 * The JSON body of a webhook: snake_case, money as decimal strings of dollars, times as RFC 3339. Every type has `id`,
 * `type`, `created_at` and `request_id` (of the request that caused it, as its caller sent it, or null). The body of a
 * delivery is the same in every attempt.
 */
export function encodeAlert({ id, facts, requestId, createdAtMs }: Alert): string {
  return JSON.stringify({
    id,
    type: facts.type,
    created_at: new Date(createdAtMs).toISOString(),
    request_id: requestId,
    ...encodeFacts(facts),
  });
}

function encodeFacts(facts: AlertFacts): object {
  switch (facts.type) {
    case 'budget_threshold':
      return {
        wallet_id: facts.walletId,
        wallet_name: facts.walletName,
        threshold_percent: facts.thresholdPercent,
        limit_usd: formatUsd(facts.limit),
        spent_usd: formatUsd(facts.spent),
        period: facts.period,
        crossed_at: facts.crossedAt,
      };
    case 'auto_top_up':
      return {
        top_up_request_id: facts.topUpRequestId,
        wallet_id: facts.walletId,
        wallet_name: facts.walletName,
        available_usd: formatUsd(facts.available),
        below_usd: formatUsd(facts.below),
        amount_usd: formatUsd(facts.amount),
        requested_at: facts.requestedAt,
      };
    case 'ledger_violation':
      return {
        wallet_id: facts.walletId,
        period: facts.period,
        law: facts.law,
        expected_usd: formatUsd(facts.expected),
        found_usd: formatUsd(facts.found),
        found_at: facts.foundAt,
      };
  }
}
