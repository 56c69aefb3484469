import { routingActionPerformedV1, type createExperimentV1, type RequestOf } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import type { Experiment } from './experiment.js';
import { checkRoom } from '../provider-settings.js';
import type { RoutingTargets } from '../rules/routing-targets.js';
import { checkExperiment } from './check-experiment.js';
import type { ExperimentRepository } from './ports.js';

/** Drafts an experiment; no call is changed before it is started. */
export class CreateExperiment {
  constructor(
    private readonly experiments: ExperimentRepository,
    private readonly targets: RoutingTargets,
    private readonly experimentsMax: number,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `invalid_parameter`, `conflict` (too many). */
  async execute({ actor, ...request }: RequestOf<typeof createExperimentV1>): Promise<Experiment> {
    requireAdmin(actor);
    const experiment: Experiment = {
      ...request,
      id: this.ids.next('exp'),
      orgId: actor.orgId,
      state: 'draft',
      promotedRuleId: null,
      winner: null,
      createdAtMs: this.clock.nowMs(),
      startedAtMs: null,
      concludedAtMs: null,
    };
    await checkExperiment(experiment, this.targets);
    checkRoom('experiments', (await this.experiments.count(actor.orgId)) + 1, this.experimentsMax);
    const event = auditEvent(
      routingActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'experiment.create', targetId: experiment.id, metadata: { name: experiment.name } },
    );
    await this.experiments.insert(experiment, [event]);
    return experiment;
  }
}
