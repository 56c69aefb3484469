import { checkVariants, type Experiment } from './experiment.js';
import type { RoutingTargets } from '../rules/routing-targets.js';

/** @throws AppError `invalid_parameter` where variants do not add up, or a model is not there. */
export async function checkExperiment(experiment: Experiment, targets: RoutingTargets): Promise<void> {
  const { orgId, modelGroup, variants } = experiment;
  checkVariants(variants);
  await targets.checkModels(orgId, [modelGroup], 'model_group');
  const models = variants.map(({ model }) => model);
  await targets.checkModels(orgId, models, 'variants');
}
