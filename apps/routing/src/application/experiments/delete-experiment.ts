import { routingActionPerformedV1, type Actor } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import { wrongState } from './experiment.js';
import { unknownExperiment, type FindExperiments } from './find-experiments.js';
import type { ExperimentRepository } from './ports.js';

/** Deletes an experiment that changes no call: one that neither runs nor has a rule. */
export class DeleteExperiment {
  constructor(
    private readonly finder: FindExperiments,
    private readonly experiments: ExperimentRepository,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `conflict` (running, promoted). */
  async execute(actor: Actor, experimentId: string): Promise<void> {
    const { name, state, promotedRuleId } = await this.finder.one(actor, experimentId);
    if (state === 'running') throw wrongState({ state }, 'be deleted: pause or conclude it first');
    if (promotedRuleId !== null) {
      throw new AppError('conflict', 'The winner of this experiment takes all calls. Revert it first.');
    }
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'experiment.delete', targetId: experimentId, metadata: { name } },
    );
    if (!(await this.experiments.delete(actor.orgId, experimentId, [event]))) throw unknownExperiment(experimentId);
  }
}
