import {
  routingActionPerformedV1,
  type Actor,
  type ExperimentState,
  type ExperimentStep,
  type RequestOf,
  type stepExperimentV1,
} from '@ao/contracts';
import type { EncodedEvent } from '@ao/bus';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import { STEPS, wrongState, type Experiment } from './experiment.js';
import type { RoutingTable } from '../ports.js';
import type { RoutingTargets } from '../rules/routing-targets.js';
import { checkExperiment } from './check-experiment.js';
import type { FindExperiments } from './find-experiments.js';
import type { ExperimentRepository } from './ports.js';
import type { PromoteExperiment } from './promote-experiment.js';
import type { ReadResults } from './read-results.js';
import { writeExperiment } from './write-experiment.js';

type Move = 'start' | 'pause' | 'conclude';

const STATE_AFTER: Readonly<Record<Move, ExperimentState>> = {
  start: 'running',
  pause: 'paused',
  conclude: 'concluded',
};
const VERBS: Readonly<Record<Move, string>> = { start: 'be started', pause: 'be paused', conclude: 'be concluded' };

/** Carries an experiment on, on the word of an administrator. */
export class StepExperiment {
  constructor(
    private readonly finder: FindExperiments,
    private readonly experiments: ExperimentRepository,
    private readonly targets: RoutingTargets,
    private readonly results: ReadResults,
    private readonly promotion: PromoteExperiment,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `invalid_parameter`, `conflict` (its state, another one runs). */
  async execute({ actor, experimentId, step, variant }: RequestOf<typeof stepExperimentV1>): Promise<Experiment> {
    const experiment = await this.finder.one(actor, experimentId);
    if (step === 'promote') return this.promote(actor, experiment, variant);
    if (step === 'revert') return this.revert(actor, experiment);
    return this.move(actor, experiment, step);
  }

  private async move(actor: Actor, experiment: Experiment, step: Move): Promise<Experiment> {
    if (!STEPS[step].includes(experiment.state)) throw wrongState(experiment, VERBS[step]);
    // A model may have gone since the draft.
    if (step === 'start') await checkExperiment(experiment, this.targets);
    const nowMs = this.clock.nowMs();
    const moved: Experiment = {
      ...experiment,
      state: STATE_AFTER[step],
      startedAtMs: experiment.startedAtMs ?? (step === 'start' ? nowMs : null),
      concludedAtMs: step === 'conclude' ? nowMs : null,
    };
    await writeExperiment(this.experiments, moved, experiment.state, [this.audit(actor, experiment, step)]);
    await this.table.refresh();
    return moved;
  }

  private async promote(actor: Actor, experiment: Experiment, variant: string | undefined): Promise<Experiment> {
    if (variant !== undefined) return this.promotion.execute(actor, experiment, variant);
    const { verdict } = await this.results.of(experiment);
    if (verdict.outcome === 'winner' && verdict.best !== null) {
      return this.promotion.execute(actor, experiment, verdict.best);
    }
    const message = 'There is no winner yet (see the results). Name the variant that is to take all calls.';
    throw new AppError('conflict', message, { param: 'variant' });
  }

  private async revert(actor: Actor, experiment: Experiment): Promise<Experiment> {
    const reverted = await this.experiments.revert(actor.orgId, experiment.id, [
      this.audit(actor, experiment, 'revert'),
    ]);
    if (!reverted) throw new AppError('conflict', 'There is nothing to revert: no rule sends calls to a winner.');
    await this.table.refresh();
    return { ...experiment, promotedRuleId: null };
  }

  private audit(actor: Actor, { id, name }: Experiment, step: ExperimentStep): EncodedEvent {
    const by = { actor, clock: this.clock, ids: this.ids };
    return auditEvent(routingActionPerformedV1, by, { action: `experiment.${step}`, targetId: id, metadata: { name } });
  }
}
