import type { ExperimentMetric, ExperimentVerdict, VariantFigures } from '@ao/contracts';
import { meanDifferencePValue, proportionDifferencePValue, type Sample } from '../../domain/significance.js';

interface Question {
  metric: ExperimentMetric;
  /** Of each variant, in their order; one without a call has zeros. */
  figures: readonly VariantFigures[];
  /** Calls that count for the metric, which each variant must have. */
  sampleMin: number;
  significance: number;
  /** By which share of each other figure the winner must be lower. */
  minDelta: number;
}

/** The figure that is to be low, of the calls that have it. */
function sampleOf(metric: ExperimentMetric, { calls, errors, cost, costVariance, latency }: VariantFigures): Sample {
  if (metric === 'latency') return latency;
  if (metric === 'cost') return { count: calls, mean: calls === 0 ? 0 : Number(cost) / calls, variance: costVariance };
  return { count: calls, mean: calls === 0 ? 0 : errors / calls, variance: 0 };
}

/**
 * Whether one variant is better than every other, and not by chance. The best one is found by looking at all of them, so
 * with more than two the p-values are those of all pairs together (Bonferroni).
 */
export function verdictOf({ metric, figures, sampleMin, significance, minDelta }: Question): ExperimentVerdict {
  const samples = figures.map((each) => sampleOf(metric, each));
  const nothing = { best: null, significance, comparisons: [] };
  if (samples.some(({ count }) => count < sampleMin)) return { outcome: 'not_enough_data', ...nothing };
  const best = samples.reduce((lowest, { mean }, index) => (mean < samples[lowest]!.mean ? index : lowest), 0);
  const pairs = (figures.length * (figures.length - 1)) / 2;
  const comparisons = figures.flatMap((other, index) => {
    if (index === best) return [];
    const pValue = pValueOf(metric, figures[best]!, other);
    const { mean } = samples[index]!;
    const delta = mean === 0 ? 0 : (mean - samples[best]!.mean) / mean;
    return [{ variant: other.variant, delta, pValue: Math.min(1, pValue * pairs) }];
  });
  const wins = comparisons.every(({ delta, pValue }) => delta > 0 && delta >= minDelta && pValue <= significance);
  return {
    outcome: wins ? 'winner' : 'no_difference',
    best: figures[best]!.variant,
    significance,
    comparisons,
  };
}

function pValueOf(metric: ExperimentMetric, best: VariantFigures, other: VariantFigures): number {
  if (metric !== 'error_rate') return meanDifferencePValue(sampleOf(metric, best), sampleOf(metric, other));
  const [a, b] = [best, other].map(({ errors: hits, calls: count }) => ({ hits, count }));
  return proportionDifferencePValue(a!, b!);
}
