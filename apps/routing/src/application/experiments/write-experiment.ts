import type { EncodedEvent } from '@ao/bus';
import type { ExperimentState } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { Experiment } from './experiment.js';
import type { ExperimentRepository } from './ports.js';

/** @throws AppError `conflict` where somebody else changed its state meanwhile, or another experiment has the place. */
export async function writeExperiment(
  experiments: ExperimentRepository,
  experiment: Experiment,
  before: ExperimentState,
  events: EncodedEvent[],
): Promise<void> {
  const outcome = await experiments.update(experiment, before, events);
  if (outcome === 'changed') throw changedMeanwhile();
  if (outcome === 'updated') return;
  const whose = experiment.teamId === null ? '' : ' and this team';
  const message = `Another experiment runs for ${experiment.modelGroup}${whose}. Pause or conclude it first.`;
  throw new AppError('conflict', message, { param: 'model_group' });
}

export const changedMeanwhile = (): AppError =>
  new AppError('conflict', 'The experiment was changed by somebody else at the same time. Read it and try again.');
