import { Responds } from '@ao/bus';
import {
  createLimitV1,
  deleteLimitV1,
  listLimitsV1,
  updateLimitV1,
  type LimitSummary,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, requireAdmin, toPage } from '@ao/runtime';
import { Controller, Inject } from '@nestjs/common';
import { LIMIT_REPOSITORY, type LimitRepository } from '../../application/ports.js';
import { SetLimits } from '../../application/set-limits.js';
import type { Limit } from '../../domain/limit.js';

@Controller()
export class LimitsRpc {
  constructor(
    private readonly setLimits: SetLimits,
    @Inject(LIMIT_REPOSITORY) private readonly limits: LimitRepository,
  ) {}

  @Responds(createLimitV1)
  async create(request: RequestOf<typeof createLimitV1>): Promise<ResponseOf<typeof createLimitV1>> {
    return { limit: toSummary(await this.setLimits.create(request)) };
  }

  @Responds(listLimitsV1)
  async list({ actor, limit, cursor }: RequestOf<typeof listLimitsV1>): Promise<ResponseOf<typeof listLimitsV1>> {
    requireAdmin(actor);
    const rows = await this.limits.list(actor.orgId, { limit: limit + 1, after: decodeCursor(cursor) });
    const page = toPage(rows, limit, ({ id }) => id);
    return { ...page, data: page.data.map(toSummary) };
  }

  @Responds(updateLimitV1)
  async update(request: RequestOf<typeof updateLimitV1>): Promise<ResponseOf<typeof updateLimitV1>> {
    return { limit: toSummary(await this.setLimits.update(request)) };
  }

  @Responds(deleteLimitV1)
  async delete({ actor, limitId }: RequestOf<typeof deleteLimitV1>): Promise<ResponseOf<typeof deleteLimitV1>> {
    return { limit: toSummary(await this.setLimits.delete(actor, limitId)) };
  }
}

const toSummary = ({ createdAtMs, ...limit }: Limit): LimitSummary => ({
  ...limit,
  createdAt: new Date(createdAtMs).toISOString(),
});
