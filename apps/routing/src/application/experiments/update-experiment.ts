import { routingActionPerformedV1, type RequestOf, type updateExperimentV1 } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import { checkChange, type Experiment } from './experiment.js';
import { givenFields } from '../given-fields.js';
import type { RoutingTable } from '../ports.js';
import type { RoutingTargets } from '../rules/routing-targets.js';
import { checkExperiment } from './check-experiment.js';
import type { FindExperiments } from './find-experiments.js';
import type { ExperimentRepository } from './ports.js';
import { writeExperiment } from './write-experiment.js';

/** Changes what the request names of an experiment; once it was started, only what leaves its figures comparable. */
export class UpdateExperiment {
  constructor(
    private readonly finder: FindExperiments,
    private readonly experiments: ExperimentRepository,
    private readonly targets: RoutingTargets,
    private readonly table: RoutingTable,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `invalid_parameter`, `conflict` (its state). */
  async execute({ actor, experimentId, ...request }: RequestOf<typeof updateExperimentV1>): Promise<Experiment> {
    const present = await this.finder.one(actor, experimentId);
    const given = givenFields(request);
    const changed: Experiment = { ...present, ...given };
    checkChange(present, changed);
    await checkExperiment(changed, this.targets);
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'experiment.update', targetId: experimentId, metadata: { fields: Object.keys(given).join(',') } },
    );
    await writeExperiment(this.experiments, changed, present.state, [event]);
    if (present.state === 'running') await this.table.refresh();
    return changed;
  }
}
