import { nanoUsd, timestamp } from '@ao/contracts';
import { z } from 'zod';
import type { AlertFacts } from '../../domain/alert.js';

const budgetThresholdFacts = z.object({
  type: z.literal('budget_threshold'),
  walletId: z.string(),
  walletName: z.string(),
  thresholdPercent: z.int(),
  limit: nanoUsd,
  spent: nanoUsd,
  period: z.string(),
  crossedAt: timestamp,
});

const transferRequested = z.object({
  type: z.literal('transfer_requested'),
  transferId: z.string(),
  fromWalletId: z.string(),
  fromWalletName: z.string(),
  toWalletId: z.string(),
  toWalletName: z.string(),
  amount: nanoUsd,
  reason: z.string().nullable(),
  note: z.string().nullable(),
  requestedBy: z.string(),
  requestedAt: timestamp,
  expiresAt: timestamp,
});

const transferDecided = transferRequested.extend({
  type: z.literal('transfer_decided'),
  state: z.enum(['approved', 'rejected', 'expired', 'cancelled']),
  decidedBy: z.string().nullable(),
  decisionReason: z.string().nullable(),
  decidedAt: timestamp,
});

const reconciliationGapFacts = z.object({
  type: z.literal('reconciliation_gap'),
  provider: z.string(),
  month: z.string(),
  tolerancePercent: z.string(),
  ours: nanoUsd,
  invoiced: nanoUsd,
  difference: nanoUsd,
  modelCount: z.int(),
  models: z.array(
    z.object({
      model: z.string(),
      state: z.enum(['over', 'under', 'missing_here', 'missing_there']),
      difference: nanoUsd,
    }),
  ),
  uploadedAt: timestamp,
});

const autoTopUpFacts = z.object({
  type: z.literal('auto_top_up'),
  topUpRequestId: z.string(),
  walletId: z.string(),
  walletName: z.string(),
  available: nanoUsd,
  below: nanoUsd,
  amount: nanoUsd,
  requestedAt: timestamp,
});

const ledgerViolationFacts = z.object({
  type: z.literal('ledger_violation'),
  walletId: z.string(),
  period: z.string(),
  law: z.string(),
  expected: nanoUsd,
  found: nanoUsd,
  foundAt: timestamp,
});

const providerOutageFacts = z.object({
  type: z.literal('provider_outage'),
  providerId: z.string(),
  providerName: z.string(),
  healthy: z.boolean(),
  reason: z.string().nullable(),
  changedAt: timestamp,
});

const keyRotationFailedFacts = z.object({
  type: z.literal('key_rotation_failed'),
  providerId: z.string(),
  providerName: z.string(),
  keyReference: z.string(),
  reason: z.string(),
  failedAt: timestamp,
});

/** How facts are stored: JSON, with money as digits. */
const alertFacts = z.discriminatedUnion('type', [
  budgetThresholdFacts,
  reconciliationGapFacts,
  autoTopUpFacts,
  ledgerViolationFacts,
  transferRequested,
  transferDecided,
  providerOutageFacts,
  keyRotationFailedFacts,
]);

export const encodeFacts = (facts: AlertFacts): string => JSON.stringify(alertFacts.encode(facts));

/** @throws when the column holds something else: better no alert than a wrong one. */
export const decodeFacts = (stored: unknown): AlertFacts => alertFacts.decode(stored as z.input<typeof alertFacts>);

/** @throws when the column holds a kind that this version does not know. */
export const decodeKind = (stored: string): 'webhook' => z.literal('webhook').parse(stored);

/** @throws when the column holds something else. */
export const decodeStatus = (stored: string): 'pending' | 'delivered' | 'dead' =>
  z.enum(['pending', 'delivered', 'dead']).parse(stored);
