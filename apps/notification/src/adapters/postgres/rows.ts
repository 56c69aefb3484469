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

/** How facts are stored: JSON, with money as digits. */
const alertFacts = z.discriminatedUnion('type', [budgetThresholdFacts, autoTopUpFacts, ledgerViolationFacts]);

export const encodeFacts = (facts: AlertFacts): string => JSON.stringify(alertFacts.encode(facts));

/** @throws when the column holds something else: better no alert than a wrong one. */
export const decodeFacts = (stored: unknown): AlertFacts => alertFacts.decode(stored as z.input<typeof alertFacts>);

/** @throws when the column holds a kind that this version does not know. */
export const decodeKind = (stored: string): 'webhook' => z.literal('webhook').parse(stored);

/** @throws when the column holds something else. */
export const decodeStatus = (stored: string): 'pending' | 'delivered' | 'dead' =>
  z.enum(['pending', 'delivered', 'dead']).parse(stored);
