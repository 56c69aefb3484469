import { formatUsd, parseUsd } from '@ao/kernel';
import fc from 'fast-check';
import type { CostRow } from '../api/types.js';
import { lastDays } from '../format/time.js';
import { toCostSeries } from './cost-series.js';

const { days } = lastDays(3, Date.parse('2026-11-20T12:00:00.000Z'));
const row = (group: string, day: number, cost: string, requests = 1): CostRow => ({
  group,
  // The API writes the same instants in its own way.
  interval_start: days[day]!.replace('.000Z', 'Z'),
  cost_usd: cost,
  requests,
  input_tokens: 0,
  output_tokens: 0,
});

describe('a cost report as a series', () => {
  it('has every day, also those on which nothing was spent, and the largest group first', () => {
    const report = {
      data: [row('small', 0, '0.1'), row('large', 2, '0.2', 3), row('small', 2, '0.000000001')],
      total_usd: '0.300000001',
    };
    const series = toCostSeries(report, days, 6);
    expect(series.groups).toEqual([
      { name: 'large', total: 200_000_000n, requests: 3 },
      { name: 'small', total: 100_000_001n, requests: 2 },
    ]);
    expect(series.days.map(({ parts }) => parts)).toEqual([
      [0n, 100_000_000n],
      [0n, 0n],
      [200_000_000n, 1n],
    ]);
    expect(series.days.map(({ requests }) => requests)).toEqual([1, 0, 4]);
    expect(series).toMatchObject({ total: 300_000_001n, requests: 5, unexplained: 0n });
  });

  it('gathers what has no row of its own, but never for one group alone', () => {
    const data = ['a', 'b', 'c', 'd'].map((group, index) => row(group, 0, String(9 - index)));
    const report = { data, total_usd: '30' };
    expect(toCostSeries(report, days, 2).groups.map(({ name, total }) => [name, formatUsd(total)])).toEqual([
      ['a', '9'],
      ['b', '8'],
      [null, '13'],
    ]);
    expect(toCostSeries(report, days, 3).groups.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('says what part of the total the rows do not explain', () => {
    const series = toCostSeries({ data: [row('a', 0, '1')], total_usd: '1.5' }, days, 6);
    expect(series.unexplained).toBe(500_000_000n);
  });

  it('sums to the report to the last nano-dollar, by group as well as by day', () => {
    const rows = fc.array(
      fc.record({
        group: fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
        day: fc.nat({ max: 2 }),
        nano: fc.bigInt({ min: 0n, max: 10n ** 15n }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (given, shownMax) => {
        const total = given.reduce((sum, { nano }) => sum + nano, 0n);
        const data = given.map(({ group, day, nano }) => row(group, day, formatUsd(nano)));
        const series = toCostSeries({ data, total_usd: formatUsd(total) }, days, shownMax);
        const sum = (amounts: bigint[]): bigint => amounts.reduce((all, each) => all + each, 0n);
        expect(sum(series.groups.map((group) => group.total))).toBe(total);
        expect(sum(series.days.map((day) => day.total))).toBe(total);
        for (const day of series.days) expect(sum(day.parts)).toBe(day.total);
        for (const [index, group] of series.groups.entries())
          expect(sum(series.days.map(({ parts }) => parts[index] ?? 0n))).toBe(group.total);
        expect([series.total, series.unexplained]).toEqual([parseUsd(formatUsd(total)), 0n]);
      }),
    );
  });
});
