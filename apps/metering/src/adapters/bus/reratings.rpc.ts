import { Responds } from '@ao/bus';
import { createReratingV1, getReratingV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { CreateRerating } from '../../application/create-rerating.js';
import { GetRerating } from '../../application/get-rerating.js';
import type { Rerating } from '../../domain/rerating.js';

@Controller()
export class ReratingsRpc {
  constructor(
    private readonly createRerating: CreateRerating,
    private readonly getRerating: GetRerating,
  ) {}

  @Responds(createReratingV1)
  async create(request: RequestOf<typeof createReratingV1>): Promise<ResponseOf<typeof createReratingV1>> {
    return { rerating: toMessage(await this.createRerating.execute(request)) };
  }

  @Responds(getReratingV1)
  async get({ actor, reratingId }: RequestOf<typeof getReratingV1>): Promise<ResponseOf<typeof getReratingV1>> {
    return { rerating: toMessage(await this.getRerating.execute(actor, reratingId)) };
  }
}

function toMessage(rerating: Rerating): ResponseOf<typeof getReratingV1>['rerating'] {
  const { orgId: _orgId, fromMs, toMs, ratedUntilMs, createdAtMs, finishedAtMs, ...figures } = rerating;
  return {
    ...figures,
    state: finishedAtMs === null ? 'running' : 'done',
    from: toTime(fromMs),
    to: toTime(toMs),
    ratedUntil: toTime(ratedUntilMs),
    createdAt: toTime(createdAtMs),
    finishedAt: finishedAtMs === null ? null : toTime(finishedAtMs),
  };
}

const toTime = (epochMs: number): string => new Date(epochMs).toISOString();
