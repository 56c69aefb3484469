import { z } from 'zod';
import { id, modelName, name } from './fields.js';

/** One way that an experiment compares. */
export const experimentVariant = z.object({
  name,
  /** The model group that calls of this variant go to. */
  model: modelName,
  /** The variants of an experiment have 100 together. */
  percentage: z.number().min(0).max(100),
});
export type ExperimentVariant = z.output<typeof experimentVariant>;

/** By what calls are told apart: all calls of one unit get one variant. */
export const experimentUnit = z.enum(['user', 'team', 'key', 'request']);
export type ExperimentUnit = z.output<typeof experimentUnit>;

/** A running experiment, as gateways need it: calls for `modelGroup` are shared out between its variants. */
export const runningExperiment = z.object({
  id,
  orgId: id,
  /** Only calls of this team; null: of all. */
  teamId: id.nullable().optional().default(null),
  modelGroup: modelName,
  unit: experimentUnit,
  variants: z.array(experimentVariant).min(2).max(10),
});
export type RunningExperiment = z.output<typeof runningExperiment>;

/** Which variant of which experiment a call was given. */
export const experimentAssignment = z.object({ experimentId: id, variant: name });
export type ExperimentAssignment = z.output<typeof experimentAssignment>;
