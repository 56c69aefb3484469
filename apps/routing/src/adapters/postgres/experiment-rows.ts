import { experiment as experimentContract } from '@ao/contracts';
import type { Experiment } from '../../application/experiments/experiment.js';
import { Prisma } from './generated/client.js';
import type { ExperimentModel } from './generated/models.js';

/** Reads an experiment together with the rule of its winner. */
export const withPromoted = { promoted: { select: { id: true } } } as const satisfies Prisma.ExperimentInclude;

export type ExperimentRow = ExperimentModel & { promoted: { id: string } | null };

const fields = experimentContract.omit({ createdAt: true, startedAt: true, concludedAt: true });

export function toExperiment({
  orgId,
  createdAt,
  startedAt,
  concludedAt,
  promoted,
  ...row
}: ExperimentRow): Experiment {
  return {
    ...fields.parse({ ...row, promotedRuleId: promoted?.id ?? null }),
    orgId,
    createdAtMs: createdAt.getTime(),
    startedAtMs: startedAt?.getTime() ?? null,
    concludedAtMs: concludedAt?.getTime() ?? null,
  };
}

/** What may change of its row. */
export function changeableOf(experiment: Experiment) {
  const { name, teamId, modelGroup, unit, variants, targetMetric, sampleMin, autoPromote, state, winner } = experiment;
  return {
    name,
    teamId,
    modelGroup,
    unit,
    variants,
    targetMetric,
    sampleMin,
    autoPromote: autoPromote ?? Prisma.DbNull,
    state,
    winner,
    startedAt: dateOf(experiment.startedAtMs),
    concludedAt: dateOf(experiment.concludedAtMs),
  };
}

const dateOf = (timeMs: number | null): Date | null => (timeMs === null ? null : new Date(timeMs));
