import type { costAdjustedV1, PayloadOf, usageRecordedV1, VariantFigures, WalletPosting } from '@ao/contracts';
import type { CostAnswer, CostQuestion } from '../domain/cost-question.js';

export type RecordedUsage = PayloadOf<typeof usageRecordedV1>;
export type CostAdjustment = PayloadOf<typeof costAdjustedV1>;
export type WalletEntry = WalletPosting;

/**
 * The warehouse as this service needs it. Writing the same record again, alone or in another batch, changes nothing
 * that can be read. All reject with AppError: `not_configured` when no warehouse can ever be opened here,
 * `backend_unavailable` or `timeout` when trying again may succeed.
 */
export interface RecordStore {
  insertRequests(records: RecordedUsage[]): Promise<void>;
  /** Each counts with its call, whichever of both comes first. */
  insertCostAdjustments(adjustments: CostAdjustment[]): Promise<void>;
  insertWalletEntries(entries: WalletEntry[]): Promise<void>;
}

export interface CostStore {
  sum(question: CostQuestion): Promise<CostAnswer>;
}

/** Which calls of an experiment are meant: those begun in `[fromMs, toMs)`. */
export interface ExperimentQuestion {
  orgId: string;
  experimentId: string;
  fromMs: number;
  toMs: number;
}

export interface ExperimentStore {
  /** By variant; those without a call are absent. */
  compare(question: ExperimentQuestion): Promise<VariantFigures[]>;
}

export interface WarehouseAccess {
  /** Resolves when records can be stored. Rejects as above. */
  get(): Promise<unknown>;
}
