import type { Actor } from '@ao/contracts';
import type { Clock, Logger } from '@ao/kernel';
import type { Experiment } from './experiment.js';
import type { ExperimentRepository } from './ports.js';
import type { PromoteExperiment } from './promote-experiment.js';
import type { ReadResults } from './read-results.js';

/** Experiments that one replica looks at in one turn. */
const AT_ONCE_MAX = 20;

/** Looks at running experiments that promote by themselves, and promotes those that have a winner. */
export class PromoteWinners {
  constructor(
    private readonly experiments: ExperimentRepository,
    private readonly results: ReadResults,
    private readonly promotion: PromoteExperiment,
    private readonly everyMs: number,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async execute(signal?: AbortSignal): Promise<void> {
    const options = { nowMs: this.clock.nowMs(), everyMs: this.everyMs, limit: AT_ONCE_MAX };
    for (const experiment of await this.experiments.claimDue(options)) {
      if (signal?.aborted) return;
      await this.consider(experiment).catch((error: unknown) =>
        this.logger.warn({ err: error, experiment: experiment.id }, 'an experiment could not be judged this time'),
      );
    }
  }

  private async consider(experiment: Experiment): Promise<void> {
    const { verdict } = await this.results.of(experiment);
    if (verdict.outcome !== 'winner' || verdict.best === null) return;
    const system: Actor = { orgId: experiment.orgId, keyId: 'system', role: 'admin' };
    const pValue = Math.max(...verdict.comparisons.map((each) => each.pValue));
    const delta = Math.min(...verdict.comparisons.map((each) => each.delta));
    const facts = { p_value: pValue.toPrecision(4), delta: delta.toPrecision(4) };
    await this.promotion.execute(system, experiment, verdict.best, facts);
    this.logger.info({ experiment: experiment.id, variant: verdict.best, ...facts }, 'the winner was promoted');
  }
}
