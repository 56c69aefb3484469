import {
  createExperimentV1,
  deleteExperimentV1,
  experimentMetric,
  experimentState,
  experimentUnit,
  getExperimentResultsV1,
  getExperimentV1,
  listExperimentsV1,
  stepExperimentV1,
  updateExperimentV1,
  type Experiment,
  type ExperimentStep,
  type ExperimentVariant,
  type ResponseOf,
} from '@ao/contracts';
import { AppError, formatUsd } from '@ao/kernel';
import { z } from 'zod';
import { readBody, readQuery } from '../json-body.js';
import { adminRoute } from './admin-routes.js';
import { formatOptionalUsd, pageFields, toSnakeCase } from './fields.js';

const variant = z.object({
  name: z.string().min(1).max(200),
  model: z.string().min(1).max(256).optional(),
  prompt_version: z.unknown().optional(),
  percentage: z.number().min(0).max(100),
});
const autoPromote = z.strictObject({
  min_delta: z.number().min(0).max(1),
  significance: z.number().min(0.0001).max(0.2).default(0.01),
});
const settings = {
  name: z.string().min(1).max(200),
  team_id: z.string().min(1).max(128).nullable(),
  model_group: z.string().min(1).max(256),
  unit: experimentUnit,
  variants: z.array(variant).min(2).max(10),
  target_metric: experimentMetric,
  sample_min: z.int().min(30).max(10_000_000),
  auto_promote: autoPromote.nullable(),
};
const experimentBody = z.object({
  ...settings,
  team_id: settings.team_id.default(null),
  unit: settings.unit.default('user'),
  sample_min: settings.sample_min.default(1_000),
  auto_promote: settings.auto_promote.default(null),
});
const experimentPatch = z.strictObject(settings).partial();
const experimentQuery = z.object({ ...pageFields, state: experimentState.optional() });
const promotion = z.object({ variant: z.string().min(1).max(200).optional() });

/** @throws AppError `unsupported_parameter`, `missing_required_parameter`. */
function toVariants(given: z.output<typeof variant>[]): ExperimentVariant[] {
  return given.map(({ name, model, prompt_version: promptVersion, percentage }, index) => {
    if (promptVersion !== undefined) {
      const message = 'Variants are model groups: there are no versions of prompts to compare yet. Name a model.';
      throw new AppError('unsupported_parameter', message, { param: `variants.${index}.prompt_version` });
    }
    if (model !== undefined) return { name, model, percentage };
    const message = `variants.${index}.model: the model group that calls of this variant go to`;
    throw new AppError('missing_required_parameter', message, { param: `variants.${index}.model` });
  });
}

const toAutoPromote = (given: z.output<typeof autoPromote> | null) =>
  given && { minDelta: given.min_delta, significance: given.significance };

const toExperimentBody = ({ experiment }: { experiment: Experiment }): Record<string, unknown> => ({
  ...toSnakeCase(experiment),
  auto_promote: experiment.autoPromote && toSnakeCase(experiment.autoPromote),
});

const toResultsBody = ({ experiment, results, verdict }: ResponseOf<typeof getExperimentResultsV1>): object => ({
  experiment: toExperimentBody({ experiment }),
  variants: results.map(({ cost, costMean, ...result }) => ({
    ...toSnakeCase(result),
    cost_usd: formatUsd(cost),
    mean_cost_usd: formatOptionalUsd(costMean),
  })),
  verdict: { ...verdict, comparisons: verdict.comparisons.map(toSnakeCase) },
});

const stepRoute = (step: ExperimentStep) =>
  adminRoute({
    method: 'POST',
    path: `/v1/experiments/:id/${step}`,
    contract: stepExperimentV1,
    toRequest: ({ actor, params, body }) => {
      const named = step === 'promote' ? readBody(body, promotion).variant : undefined;
      return { actor, experimentId: params['id']!, step, ...(named !== undefined && { variant: named }) };
    },
    toBody: toExperimentBody,
  });

/** Experiments: calls of one model group shared out between variants (EX-001). */
export const experimentRoutes = [
  adminRoute({
    method: 'POST',
    path: '/v1/experiments',
    contract: createExperimentV1,
    status: 201,
    toRequest: ({ actor, body }) => {
      const given = readBody(body, experimentBody);
      return {
        actor,
        name: given.name,
        teamId: given.team_id,
        modelGroup: given.model_group,
        unit: given.unit,
        variants: toVariants(given.variants),
        targetMetric: given.target_metric,
        sampleMin: given.sample_min,
        autoPromote: toAutoPromote(given.auto_promote),
      };
    },
    toBody: toExperimentBody,
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/experiments',
    contract: listExperimentsV1,
    toRequest: ({ actor, query }) => {
      const { state, ...page } = readQuery(query, experimentQuery);
      return { actor, ...page, ...(state && { state }) };
    },
    toBody: ({ data, nextCursor }) => ({
      data: data.map((experiment) => toExperimentBody({ experiment })),
      next_cursor: nextCursor,
    }),
  }),
  adminRoute({
    method: 'GET',
    path: '/v1/experiments/:id',
    contract: getExperimentV1,
    toRequest: ({ actor, params }) => ({ actor, experimentId: params['id']! }),
    toBody: toExperimentBody,
  }),
  adminRoute({
    method: 'PATCH',
    path: '/v1/experiments/:id',
    contract: updateExperimentV1,
    toRequest: ({ actor, params, body }) => {
      const given = readBody(body, experimentPatch);
      return {
        actor,
        experimentId: params['id']!,
        ...(given.name !== undefined && { name: given.name }),
        ...(given.team_id !== undefined && { teamId: given.team_id }),
        ...(given.model_group !== undefined && { modelGroup: given.model_group }),
        ...(given.unit !== undefined && { unit: given.unit }),
        ...(given.variants !== undefined && { variants: toVariants(given.variants) }),
        ...(given.target_metric !== undefined && { targetMetric: given.target_metric }),
        ...(given.sample_min !== undefined && { sampleMin: given.sample_min }),
        ...(given.auto_promote !== undefined && { autoPromote: toAutoPromote(given.auto_promote) }),
      };
    },
    toBody: toExperimentBody,
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/experiments/:id',
    contract: deleteExperimentV1,
    toRequest: ({ actor, params }) => ({ actor, experimentId: params['id']! }),
    toBody: ({ deleted }) => ({ deleted }),
  }),
  ...(['start', 'pause', 'conclude', 'promote', 'revert'] as const).map(stepRoute),
  adminRoute({
    method: 'GET',
    path: '/v1/experiments/:id/results',
    contract: getExperimentResultsV1,
    toRequest: ({ actor, params }) => ({ actor, experimentId: params['id']! }),
    toBody: toResultsBody,
  }),
];
