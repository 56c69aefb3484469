import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, name, nanoUsd, nextCursor, page, timestamp } from '../../fields.js';
import { experimentUnit, experimentVariant } from '../../experiments.js';

export const experimentMetric = z.enum(['cost', 'latency', 'error_rate']);
export type ExperimentMetric = z.output<typeof experimentMetric>;

export const experimentState = z.enum(['draft', 'running', 'paused', 'concluded']);
export type ExperimentState = z.output<typeof experimentState>;

/** When the winner is to take all calls by itself. */
export const autoPromote = z.object({
  /** By which share of the other's figure the winner must be lower: 0.05 is five percent. */
  minDelta: z.number().min(0).max(1),
  /** How likely a chance result may be. */
  significance: z.number().min(0.0001).max(0.2).optional().default(0.01),
});
export type AutoPromote = z.output<typeof autoPromote>;

/** So many calls make the normal distribution a fair picture of a mean. */
const SAMPLE_MIN = 30;

const settings = {
  name,
  teamId: id.nullable().optional().default(null),
  modelGroup: modelName,
  unit: experimentUnit,
  variants: z.array(experimentVariant).min(2).max(10),
  targetMetric: experimentMetric,
  /** Calls that each variant must have before there is a verdict. */
  sampleMin: z.int().min(SAMPLE_MIN).max(10_000_000).optional().default(1_000),
  autoPromote: autoPromote.nullable().optional().default(null),
};

export const experiment = z.object({
  id,
  ...settings,
  state: experimentState,
  /** The rule that sends all calls to the winner, while there is one. */
  promotedRuleId: id.nullable(),
  winner: name.nullable(),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  concludedAt: timestamp.nullable(),
});
export type Experiment = z.output<typeof experiment>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const settingsExample = {
  name: 'mini for support',
  modelGroup: 'support',
  unit: 'user' as const,
  variants: [
    { name: 'large', model: 'gpt-4o', percentage: 90 },
    { name: 'mini', model: 'gpt-4o-mini', percentage: 10 },
  ],
  targetMetric: 'cost' as const,
};
const experimentExample: z.input<typeof experiment> = {
  id: 'exp_1',
  ...settingsExample,
  state: 'draft',
  promotedRuleId: null,
  winner: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: null,
  concludedAt: null,
};

export const createExperimentV1 = defineRpc({
  subject: 'rpc.routing.create-experiment.v1',
  owner: 'routing',
  request: z.object({ actor, ...settings }),
  response: z.object({ experiment }),
  example: { request: { actor: actorExample, ...settingsExample }, response: { experiment: experimentExample } },
});

/** Newest first. */
export const listExperimentsV1 = defineRpc({
  subject: 'rpc.routing.list-experiments.v1',
  owner: 'routing',
  request: z.object({ actor, ...page, state: experimentState.optional() }),
  response: z.object({ data: z.array(experiment), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [experimentExample], nextCursor: null } },
});

export const getExperimentV1 = defineRpc({
  subject: 'rpc.routing.get-experiment.v1',
  owner: 'routing',
  request: z.object({ actor, experimentId: id }),
  response: z.object({ experiment }),
  example: { request: { actor: actorExample, experimentId: 'exp_1' }, response: { experiment: experimentExample } },
});

/** Changes what the request names; the rest stays. */
export const updateExperimentV1 = defineRpc({
  subject: 'rpc.routing.update-experiment.v1',
  owner: 'routing',
  request: z.object({
    actor,
    experimentId: id,
    name: name.optional(),
    teamId: id.nullable().optional(),
    modelGroup: modelName.optional(),
    unit: experimentUnit.optional(),
    variants: settings.variants.optional(),
    targetMetric: experimentMetric.optional(),
    sampleMin: z.int().min(SAMPLE_MIN).max(10_000_000).optional(),
    autoPromote: autoPromote.nullable().optional(),
  }),
  response: z.object({ experiment }),
  example: {
    request: { actor: actorExample, experimentId: 'exp_1', name: 'mini for all' },
    response: { experiment: { ...experimentExample, name: 'mini for all' } },
  },
});

export const deleteExperimentV1 = defineRpc({
  subject: 'rpc.routing.delete-experiment.v1',
  owner: 'routing',
  request: z.object({ actor, experimentId: id }),
  response: z.object({ deleted: z.literal(true) }),
  example: { request: { actor: actorExample, experimentId: 'exp_1' }, response: { deleted: true } },
});

export const experimentStep = z.enum(['start', 'pause', 'conclude', 'promote', 'revert']);
export type ExperimentStep = z.output<typeof experimentStep>;

/** Carries an experiment on: from state to state, its winner into a rule, and that rule away again. */
export const stepExperimentV1 = defineRpc({
  subject: 'rpc.routing.step-experiment.v1',
  owner: 'routing',
  request: z.object({
    actor,
    experimentId: id,
    step: experimentStep,
    /** Of `promote`: the variant that is to take all calls; absent: the winner of the verdict. */
    variant: name.optional(),
  }),
  response: z.object({ experiment }),
  deadlineMs: 15_000,
  example: {
    request: { actor: actorExample, experimentId: 'exp_1', step: 'start' },
    response: { experiment: { ...experimentExample, state: 'running', startedAt: '2026-01-01T00:00:00.000Z' } },
  },
});

export const variantResult = z.object({
  variant: name,
  calls: z.int().min(0),
  /** Answered with a status of 400 or more; callers who left are no failure. */
  errors: z.int().min(0),
  /** Of 1; null where there was no call. */
  errorRate: z.number().nullable(),
  cost: nanoUsd,
  /** Rounded to the nano-dollar. */
  costMean: nanoUsd.nullable(),
  /** Milliseconds, of the calls that did not fail; null where there was none. */
  latencyMs: z.object({ mean: z.number(), p50: z.number(), p95: z.number() }).nullable(),
});
export type VariantResult = z.output<typeof variantResult>;

export const experimentVerdict = z.object({
  /** `not_enough_data`: some variant has too few calls; `no_difference`: it may be chance, or too small to count. */
  outcome: z.enum(['not_enough_data', 'no_difference', 'winner']),
  /** The variant with the lowest figure; null without enough data. */
  best: name.nullable(),
  /** The largest share of 1 that still may be chance. */
  significance: z.number(),
  /** The best one against each other one. */
  comparisons: z
    .array(
      z.object({
        variant: name,
        /** By which share of this variant's figure the best one is lower. */
        delta: z.number(),
        /** How likely such a difference is by chance (two-sided); with several comparisons, for all of them together. */
        pValue: z.number(),
      }),
    )
    .max(10),
});
export type ExperimentVerdict = z.output<typeof experimentVerdict>;

export const getExperimentResultsV1 = defineRpc({
  subject: 'rpc.routing.get-experiment-results.v1',
  owner: 'routing',
  request: z.object({ actor, experimentId: id }),
  response: z.object({ experiment, results: z.array(variantResult).max(10), verdict: experimentVerdict }),
  deadlineMs: 15_000,
  example: {
    request: { actor: actorExample, experimentId: 'exp_1' },
    response: {
      experiment: experimentExample,
      results: [
        { variant: 'large', calls: 0, errors: 0, errorRate: null, cost: '0', costMean: null, latencyMs: null },
        { variant: 'mini', calls: 0, errors: 0, errorRate: null, cost: '0', costMean: null, latencyMs: null },
      ],
      verdict: { outcome: 'not_enough_data', best: null, significance: 0.05, comparisons: [] },
    },
  },
});
