import type { queryExperimentV1, RequestOf, ResponseOf } from '@ao/contracts';
import { requireAdmin } from '@ao/runtime';
import { toRange } from '../domain/cost-question.js';
import type { ExperimentStore } from './ports.js';

/** Sums up the calls of an experiment of the actor's organisation, by variant. */
export class QueryExperiment {
  constructor(private readonly experiments: ExperimentStore) {}

  /** @throws AppError `permission_denied`, `invalid_parameter`, `not_configured`, `backend_unavailable`, `timeout` */
  async execute({
    actor,
    experimentId,
    from,
    to,
  }: RequestOf<typeof queryExperimentV1>): Promise<ResponseOf<typeof queryExperimentV1>> {
    requireAdmin(actor);
    const question = { orgId: actor.orgId, experimentId, ...toRange(from, to) };
    return { variants: await this.experiments.compare(question) };
  }
}
