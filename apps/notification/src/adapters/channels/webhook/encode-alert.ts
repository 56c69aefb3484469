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
    case 'reconciliation_gap':
      return {
        provider: facts.provider,
        month: facts.month,
        tolerance_percent: facts.tolerancePercent,
        ours_usd: formatUsd(facts.ours),
        invoiced_usd: formatUsd(facts.invoiced),
        difference_usd: formatUsd(facts.difference),
        model_count: facts.modelCount,
        models: facts.models.map(({ difference, ...line }) => ({ ...line, difference_usd: formatUsd(difference) })),
        uploaded_at: facts.uploadedAt,
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
    case 'provider_outage':
      return {
        provider_id: facts.providerId,
        provider_name: facts.providerName,
        status: facts.healthy ? 'healthy' : 'unhealthy',
        reason: facts.reason,
        changed_at: facts.changedAt,
      };
    case 'key_rotation_failed':
      return {
        provider_id: facts.providerId,
        provider_name: facts.providerName,
        key_ref: facts.keyReference,
        reason: facts.reason,
        failed_at: facts.failedAt,
      };
    case 'transfer_requested':
      return { ...toTransferFields(facts), state: 'pending' };
    case 'transfer_decided':
      return {
        ...toTransferFields(facts),
        state: facts.state,
        decided_by: facts.decidedBy,
        decision_reason: facts.decisionReason,
        decided_at: facts.decidedAt,
      };
  }
}

const toTransferFields = (
  facts: Omit<AlertFacts & { type: 'transfer_requested' }, 'type'>,
): Record<string, unknown> => ({
  transfer_id: facts.transferId,
  from_wallet_id: facts.fromWalletId,
  from_wallet_name: facts.fromWalletName,
  to_wallet_id: facts.toWalletId,
  to_wallet_name: facts.toWalletName,
  amount_usd: formatUsd(facts.amount),
  reason: facts.reason,
  note: facts.note,
  requested_by: facts.requestedBy,
  requested_at: facts.requestedAt,
  expires_at: facts.expiresAt,
});
