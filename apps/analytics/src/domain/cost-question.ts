import { AppError, type NanoUsd } from '@ao/kernel';

export type CostDimension = 'model' | 'team' | 'feature' | 'key' | 'provider' | 'tag' | 'cost_center';
export type CostInterval = 'hour' | 'day' | 'month';

/** What was spent in `[fromMs, toMs)`, by one dimension, over time when `interval` is set; intervals are of UTC. */
export interface CostQuestion {
  orgId: string;
  /** Only this key's calls; null: all of the organisation's. */
  keyId: string | null;
  /** Only this cost centre's calls; null: all. */
  costCenter: string | null;
  fromMs: number;
  toMs: number;
  groupBy: CostDimension;
  interval: CostInterval | null;
  /** Rows in the answer, at most. */
  limit: number;
}

interface CostRow {
  /** Empty for calls that have none of the dimension, such as calls of a key without a team. */
  group: string;
  intervalStartMs: number | null;
  cost: NanoUsd;
  requests: number;
  inputTokens: number;
  outputTokens: number;
}

/** `total` is of every call in the range, each counted once, also when `rows` were cut to the limit. */
export interface CostAnswer {
  rows: CostRow[];
  total: NanoUsd;
  truncated: boolean;
}

/**
 * The instants of a range.
 * @throws AppError `invalid_parameter` when it is empty or runs backwards
 */
export function toRange(from: string, to: string): { fromMs: number; toMs: number } {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (fromMs < toMs) return { fromMs, toMs };
  throw new AppError('invalid_parameter', 'The range is empty: to must lie after from.', { param: 'to' });
}
