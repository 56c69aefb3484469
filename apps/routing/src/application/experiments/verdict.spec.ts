import type { VariantFigures } from '@ao/contracts';
import { nanoUsd } from '@ao/kernel';
import { verdictOf } from './verdict.js';

const figuresOf = (variant: string, fields: Partial<VariantFigures> = {}): VariantFigures => ({
  variant,
  calls: 200,
  errors: 0,
  cost: nanoUsd(200_000n),
  costVariance: 100,
  latency: { count: 200, mean: 500, variance: 10_000, p50: 480, p95: 900 },
  ...fields,
});
const question = { sampleMin: 100, significance: 0.05, minDelta: 0 };

describe('the verdict of an experiment', () => {
  it('[EX-004] is none below the minimum sample, however clear the figures are', () => {
    const figures = [figuresOf('a'), figuresOf('b', { calls: 99, cost: nanoUsd(1n) })];
    const none = { outcome: 'not_enough_data', best: null, comparisons: [] };
    expect(verdictOf({ ...question, metric: 'cost', figures })).toMatchObject(none);
    const enough = [figures[0]!, figuresOf('b', { calls: 100, cost: nanoUsd(1n) })];
    expect(verdictOf({ ...question, metric: 'cost', figures: enough })).toMatchObject({ outcome: 'winner', best: 'b' });
  });

  it('[EX-004] counts for latency only the calls that have one', () => {
    const latency = { count: 99, mean: 1, variance: 1, p50: 1, p95: 1 };
    const figures = [figuresOf('a'), figuresOf('b', { latency })];
    expect(verdictOf({ ...question, metric: 'latency', figures }).outcome).toBe('not_enough_data');
  });

  it('[EX-004] tells the share of errors with its p-value', () => {
    const figures = [figuresOf('a', { errors: 20 }), figuresOf('b', { errors: 12 })];
    const verdict = verdictOf({ ...question, metric: 'error_rate', figures });
    expect(verdict).toMatchObject({ outcome: 'no_difference', best: 'b' });
    expect(verdict.comparisons).toEqual([
      { variant: 'a', delta: expect.closeTo(0.4, 10), pValue: expect.closeTo(0.1404, 4) },
    ]);
  });

  it('[EX-005] is no winner where the difference is real but too small to count', () => {
    const figures = [figuresOf('a'), figuresOf('b', { cost: nanoUsd(180_000n) })];
    expect(verdictOf({ ...question, metric: 'cost', figures, minDelta: 0.1 }).outcome).toBe('winner');
    expect(verdictOf({ ...question, metric: 'cost', figures, minDelta: 0.11 }).outcome).toBe('no_difference');
  });

  it('[EX-004] is a winner only against every other variant, and looks harder where there are more pairs', () => {
    const close = figuresOf('b', { errors: 6 });
    const two = verdictOf({ ...question, metric: 'error_rate', figures: [figuresOf('a', { errors: 18 }), close] });
    expect(two).toMatchObject({ outcome: 'winner', best: 'b' });
    const third = figuresOf('c', { errors: 18 });
    const figures = [figuresOf('a', { errors: 18 }), close, third];
    const three = verdictOf({ ...question, metric: 'error_rate', figures });
    expect(three.outcome).toBe('winner');
    expect(three.comparisons[0]!.pValue).toBeCloseTo(3 * two.comparisons[0]!.pValue, 10);
    const rival = verdictOf({
      ...question,
      metric: 'error_rate',
      figures: [...figures, figuresOf('d', { errors: 7 })],
    });
    expect(rival).toMatchObject({ outcome: 'no_difference', best: 'b' });
  });

  it('[EX-004] finds no winner among equals', () => {
    const figures = [figuresOf('a'), figuresOf('b')];
    for (const metric of ['cost', 'latency', 'error_rate'] as const) {
      expect(verdictOf({ ...question, metric, figures, significance: 0.2 }).outcome).toBe('no_difference');
    }
  });
});
