import { parseUsd } from '@ao/kernel';
import type { CostReport } from '../api/types.js';

/** What one group spent over the range, exactly, in nano-dollars. */
export interface CostGroup {
  /** Empty: calls that have none of the dimension. Null: all groups that are not shown on their own. */
  name: string | null;
  total: bigint;
  requests: number;
}

export interface CostDay {
  day: string;
  total: bigint;
  requests: number;
  /** In the order of the groups; 0 where a group spent nothing. */
  parts: bigint[];
}

export interface CostSeries {
  /** Largest first; the rest, if any, last. */
  groups: CostGroup[];
  days: CostDay[];
  /** The report's own total. */
  total: bigint;
  requests: number;
  /** Part of the total that no row explains, because the report was cut at its limit. */
  unexplained: bigint;
}

/**
 * Arranges a daily cost report for a chart and a table: exact sums, every day present.
 * @param days The first instants of the days to show, in order.
 * @param shownMax Groups that get a row of their own.
 */
export function toCostSeries({ data, total_usd: totalUsd }: CostReport, days: string[], shownMax: number): CostSeries {
  const rows = data.map((row) => ({ ...row, cost: parseUsd(row.cost_usd) }));
  const totals = new Map<string, CostGroup>();
  for (const { group, cost, requests } of rows) {
    const known = totals.get(group) ?? { name: group, total: 0n, requests: 0 };
    totals.set(group, { name: group, total: known.total + cost, requests: known.requests + requests });
  }
  const ranked = [...totals.values()].sort((a, b) => compare(b.total, a.total) || b.requests - a.requests);
  // One group more than there is room for needs a row as well: its own name says more than "others".
  const shown = ranked.length <= shownMax + 1 ? ranked : ranked.slice(0, shownMax);
  const rest = ranked.slice(shown.length);
  const groups = rest.length === 0 ? shown : [...shown, sumOf(rest)];

  const indexOf = new Map(shown.map(({ name }, index) => [name, index]));
  const byDay = new Map(days.map((day) => [Date.parse(day), emptyDay(day, groups.length)]));
  for (const { group, cost, requests, interval_start: start } of rows) {
    const day = byDay.get(Date.parse(start ?? ''));
    if (!day) continue;
    const index = indexOf.get(group) ?? groups.length - 1;
    day.parts[index] = (day.parts[index] ?? 0n) + cost;
    day.total += cost;
    day.requests += requests;
  }
  const total = parseUsd(totalUsd);
  const explained = groups.reduce((sum, group) => sum + group.total, 0n);
  return {
    groups,
    days: [...byDay.values()],
    total,
    requests: groups.reduce((sum, { requests }) => sum + requests, 0),
    unexplained: total - explained,
  };
}

const emptyDay = (day: string, groups: number): CostDay => ({
  day,
  total: 0n,
  requests: 0,
  parts: Array.from({ length: groups }, () => 0n),
});

const sumOf = (groups: CostGroup[]): CostGroup => ({
  name: null,
  total: groups.reduce((sum, { total }) => sum + total, 0n),
  requests: groups.reduce((sum, { requests }) => sum + requests, 0),
});

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
