import { Responds } from '@ao/bus';
import {
  createExperimentV1,
  deleteExperimentV1,
  getExperimentResultsV1,
  getExperimentV1,
  listExperimentsV1,
  stepExperimentV1,
  updateExperimentV1,
  type Experiment as ExperimentMessage,
  type RequestOf,
  type ResponseOf,
  type VariantFigures,
  type VariantResult,
} from '@ao/contracts';
import { roundToNanoUsd } from '@ao/kernel';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller } from '@nestjs/common';
import { CreateExperiment } from '../../application/experiments/create-experiment.js';
import { DeleteExperiment } from '../../application/experiments/delete-experiment.js';
import { FindExperiments } from '../../application/experiments/find-experiments.js';
import { ReadResults } from '../../application/experiments/read-results.js';
import { StepExperiment } from '../../application/experiments/step-experiment.js';
import { UpdateExperiment } from '../../application/experiments/update-experiment.js';
import type { Experiment } from '../../application/experiments/experiment.js';

type Page = ResponseOf<typeof listExperimentsV1>;
type Results = ResponseOf<typeof getExperimentResultsV1>;

const PICO_USD_PER_NANO_USD = 1_000n;

@Controller()
export class ExperimentsRpc {
  constructor(
    private readonly createExperiment: CreateExperiment,
    private readonly updateExperiment: UpdateExperiment,
    private readonly deleteExperiment: DeleteExperiment,
    private readonly findExperiments: FindExperiments,
    private readonly stepExperiment: StepExperiment,
    private readonly readResults: ReadResults,
  ) {}

  @Responds(createExperimentV1)
  async create(request: RequestOf<typeof createExperimentV1>): Promise<ResponseOf<typeof createExperimentV1>> {
    return { experiment: toMessage(await this.createExperiment.execute(request)) };
  }

  @Responds(listExperimentsV1)
  async list({ actor, limit, cursor, state }: RequestOf<typeof listExperimentsV1>): Promise<Page> {
    const rows = await this.findExperiments.list(actor, { limit: limit + 1, after: decodeCursor(cursor) }, state);
    const page = toPage(rows, limit, ({ id }) => id);
    return { ...page, data: page.data.map(toMessage) };
  }

  @Responds(getExperimentV1)
  async get(request: RequestOf<typeof getExperimentV1>): Promise<ResponseOf<typeof getExperimentV1>> {
    return { experiment: toMessage(await this.findExperiments.one(request.actor, request.experimentId)) };
  }

  @Responds(updateExperimentV1)
  async update(request: RequestOf<typeof updateExperimentV1>): Promise<ResponseOf<typeof updateExperimentV1>> {
    return { experiment: toMessage(await this.updateExperiment.execute(request)) };
  }

  @Responds(deleteExperimentV1)
  async delete(request: RequestOf<typeof deleteExperimentV1>): Promise<ResponseOf<typeof deleteExperimentV1>> {
    await this.deleteExperiment.execute(request.actor, request.experimentId);
    return { deleted: true };
  }

  @Responds(stepExperimentV1)
  async step(request: RequestOf<typeof stepExperimentV1>): Promise<ResponseOf<typeof stepExperimentV1>> {
    return { experiment: toMessage(await this.stepExperiment.execute(request)) };
  }

  @Responds(getExperimentResultsV1)
  async results({ actor, experimentId }: RequestOf<typeof getExperimentResultsV1>): Promise<Results> {
    const { experiment, figures, verdict } = await this.readResults.execute(actor, experimentId);
    return { experiment: toMessage(experiment), results: figures.map(toResult), verdict };
  }
}

const timestampOf = (timeMs: number | null): string | null => (timeMs === null ? null : new Date(timeMs).toISOString());

function toMessage({ orgId: _orgId, createdAtMs, startedAtMs, concludedAtMs, ...rest }: Experiment): ExperimentMessage {
  return {
    ...rest,
    createdAt: new Date(createdAtMs).toISOString(),
    startedAt: timestampOf(startedAtMs),
    concludedAt: timestampOf(concludedAtMs),
  };
}

function toResult({ variant, calls, errors, cost, latency }: VariantFigures): VariantResult {
  const { mean, p50, p95 } = latency;
  return {
    variant,
    calls,
    errors,
    errorRate: calls === 0 ? null : errors / calls,
    cost,
    costMean: calls === 0 ? null : roundToNanoUsd((cost * PICO_USD_PER_NANO_USD) / BigInt(calls)),
    latencyMs: latency.count === 0 ? null : { mean, p50, p95 },
  };
}
