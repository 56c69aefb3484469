import type { AutoPromote, Experiment as ExperimentMessage, ExperimentState } from '@ao/contracts';
import { AppError } from '@ao/kernel';

/** Calls for one model group, shared out between variants to find the better one. */
export interface Experiment extends Omit<ExperimentMessage, 'createdAt' | 'startedAt' | 'concludedAt'> {
  orgId: string;
  autoPromote: AutoPromote | null;
  createdAtMs: number;
  startedAtMs: number | null;
  concludedAtMs: number | null;
}

type Variants = ExperimentMessage['variants'];

const HUNDRED = 100;
/** Thirds of a hundred do not add up to it. */
const SUM_TOLERANCE = 0.01;

/** @throws AppError `invalid_parameter` unless each variant has a name of its own and a share, and all have 100 together. */
export function checkVariants(variants: Variants): void {
  const names = new Set(variants.map(({ name }) => name));
  if (names.size < variants.length) throw badVariants('Each variant needs a name of its own.');
  const none = variants.find(({ percentage }) => percentage <= 0);
  if (none) throw badVariants(`The variant ${none.name} needs a percentage above 0: without calls it has no result.`);
  const sum = variants.reduce((total, { percentage }) => total + percentage, 0);
  if (Math.abs(sum - HUNDRED) <= SUM_TOLERANCE) return;
  throw badVariants(`The percentages of the variants must have 100 together; these have ${Number(sum.toFixed(3))}.`);
}

/** @throws AppError `conflict` where a change would make what was measured so far mean something else. */
export function checkChange(before: Experiment, after: Experiment): void {
  if (before.state === 'draft') return;
  if (before.state === 'concluded') throw wrongState(before, 'be changed');
  const measured = ({ teamId, modelGroup, unit, targetMetric, variants }: Experiment): string =>
    JSON.stringify([teamId, modelGroup, unit, targetMetric, variants.map(({ name, model }) => [name, model])]);
  if (measured(before) === measured(after)) return;
  const fixed =
    'Once an experiment was started, only its name, percentages, sample_min and auto_promote can be changed.';
  throw new AppError('conflict', fixed, { param: 'state' });
}

/** From which states a step leads on. */
export const STEPS: Readonly<Record<'start' | 'pause' | 'conclude' | 'promote', readonly ExperimentState[]>> = {
  start: ['draft', 'paused'],
  pause: ['running'],
  conclude: ['running', 'paused'],
  promote: ['running', 'paused', 'concluded'],
};

/** The refusal of a step that the state does not allow. */
export const wrongState = ({ state }: Pick<Experiment, 'state'>, verb: string): AppError =>
  new AppError('conflict', `An experiment that is ${state} cannot ${verb}.`, { param: 'state' });

const badVariants = (message: string): AppError => new AppError('invalid_parameter', message, { param: 'variants' });
