import type { Actor, ExperimentVerdict, VariantFigures } from '@ao/contracts';
import { ZERO_USD } from '@ao/kernel';
import type { Experiment } from './experiment.js';
import { verdictOf } from './verdict.js';
import type { FindExperiments } from './find-experiments.js';
import type { ExperimentFigures } from './ports.js';

export interface ExperimentResults {
  experiment: Experiment;
  /** Of each variant, in their order. */
  figures: VariantFigures[];
  verdict: ExperimentVerdict;
}

/** Where the experiment says nothing of it. */
const SIGNIFICANCE_DEFAULT = 0.05;

/** What the variants of an experiment came to, and whether one of them is the better one. */
export class ReadResults {
  constructor(
    private readonly finder: FindExperiments,
    private readonly figures: ExperimentFigures,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, and what asking the warehouse throws. */
  async execute(actor: Actor, experimentId: string): Promise<ExperimentResults> {
    return this.of(await this.finder.one(actor, experimentId));
  }

  /** @throws AppError `not_configured`, `backend_unavailable`, `timeout`. */
  async of(experiment: Experiment): Promise<ExperimentResults> {
    const { variants, targetMetric: metric, sampleMin, autoPromote } = experiment;
    const found = experiment.startedAtMs === null ? [] : await this.figures.of(experiment);
    const figures = variants.map(({ name }) => found.find(({ variant }) => variant === name) ?? noCalls(name));
    const { minDelta, significance } = autoPromote ?? { minDelta: 0, significance: SIGNIFICANCE_DEFAULT };
    return { experiment, figures, verdict: verdictOf({ metric, figures, sampleMin, significance, minDelta }) };
  }
}

const noCalls = (variant: string): VariantFigures => ({
  variant,
  calls: 0,
  errors: 0,
  cost: ZERO_USD,
  costVariance: 0,
  latency: { count: 0, mean: 0, variance: 0, p50: 0, p95: 0 },
});
