import type { Actor, ExperimentState } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { Experiment } from './experiment.js';
import type { PageOf } from '../ports.js';
import type { ExperimentRepository } from './ports.js';

/** Finds the experiments of the actor's organisation. */
export class FindExperiments {
  constructor(private readonly experiments: ExperimentRepository) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async one(actor: Actor, experimentId: string): Promise<Experiment> {
    requireAdmin(actor);
    const experiment = await this.experiments.find(actor.orgId, experimentId);
    if (!experiment) throw unknownExperiment(experimentId);
    return experiment;
  }

  /** Newest first. @throws AppError `permission_denied`. */
  async list(actor: Actor, page: PageOf, state: ExperimentState | undefined): Promise<Experiment[]> {
    requireAdmin(actor);
    return this.experiments.list(actor.orgId, page, state);
  }
}

export const unknownExperiment = (experimentId: string): AppError =>
  new AppError('not_found', `There is no experiment ${experimentId}.`, { param: 'id' });
