import type { queryCostV1, RequestOf, ResponseOf } from '@ao/contracts';
import { toRange } from '../domain/cost-question.js';
import type { CostStore } from './ports.js';

type Request = RequestOf<typeof queryCostV1>;

/** Sums what an organisation spent, by one dimension. */
export class QueryCost {
  constructor(private readonly costs: CostStore) {}

  /** @throws AppError `invalid_parameter`, `not_configured`, `backend_unavailable`, `timeout` */
  async execute({
    actor,
    from,
    to,
    groupBy,
    interval,
    costCenter,
    limit,
  }: Request): Promise<ResponseOf<typeof queryCostV1>> {
    const { rows, total, truncated } = await this.costs.sum({
      orgId: actor.orgId,
      keyId: visibleKeyOf(actor),
      costCenter: costCenter ?? null,
      ...toRange(from, to),
      groupBy,
      interval: interval ?? null,
      limit,
    });
    return {
      rows: rows.map(({ intervalStartMs, ...row }) => ({
        ...row,
        intervalStart: intervalStartMs === null ? null : new Date(intervalStartMs).toISOString(),
      })),
      total,
      truncated,
    };
  }
}

/** Members and viewers see what their own key spent; null: all of the organisation. */
const visibleKeyOf = ({ role, keyId }: Request['actor']): string | null =>
  role === 'owner' || role === 'admin' ? null : keyId;
