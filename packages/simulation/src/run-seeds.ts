import type { Sabotage } from './mutations/sabotage.js';
import { drawPlan } from './plan/draw-plan.js';
import { runPlan, type RunResult } from './run-plan.js';

export interface Failure {
  seed: number;
  violations: RunResult['violations'];
}

export interface Summary {
  seeds: number;
  calls: number;
  answered: number;
  refused: number;
  events: number;
  failures: Failure[];
}

interface SeedsOptions {
  firstSeed: number;
  seeds: number;
  sabotage?: Sabotage;
  /** Ends after so many failures: one is enough to look at. */
  failuresMax?: number;
  onProgress?: (summary: Summary) => void;
}

/** Runs one seed after the other and sums up what happened. */
export async function runSeeds({
  firstSeed,
  seeds,
  failuresMax = Infinity,
  ...options
}: SeedsOptions): Promise<Summary> {
  const summary: Summary = { seeds: 0, calls: 0, answered: 0, refused: 0, events: 0, failures: [] };
  for (let seed = firstSeed; seed < firstSeed + seeds && summary.failures.length < failuresMax; seed += 1) {
    const result = await runPlan(drawPlan(seed), options.sabotage ? { sabotage: options.sabotage } : {});
    summary.seeds += 1;
    for (const figure of ['calls', 'answered', 'refused', 'events'] as const) summary[figure] += result[figure];
    if (result.violations.length > 0) summary.failures.push({ seed, violations: result.violations });
    options.onProgress?.(summary);
  }
  return summary;
}
