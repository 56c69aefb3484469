import { Responds } from '@ao/bus';
import {
  listProviderModelsV1,
  rotateProviderKeyV1,
  syncProviderModelsV1,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller } from '@nestjs/common';
import { ListProviderModels } from '../../application/list-provider-models.js';
import { RotateKey } from '../../application/rotate-key.js';
import { SyncModels } from '../../application/sync-models.js';

type Models = ResponseOf<typeof listProviderModelsV1>;

@Controller()
export class FindingsRpc {
  constructor(
    private readonly listProviderModels: ListProviderModels,
    private readonly syncModels: SyncModels,
    private readonly rotateKey: RotateKey,
  ) {}

  @Responds(listProviderModelsV1)
  async list({ actor, providerId, limit, cursor }: RequestOf<typeof listProviderModelsV1>): Promise<Models> {
    const page = { limit: limit + 1, after: decodeCursor(cursor) };
    const { data, nextCursor } = toPage(
      await this.listProviderModels.execute(actor, providerId, page),
      limit,
      ({ id }) => id,
    );
    const messages = data.map(({ firstSeenAtMs, vanishedAtMs, ...model }) => ({
      ...model,
      firstSeenAt: toTimestamp(firstSeenAtMs),
      vanishedAt: vanishedAtMs === null ? null : toTimestamp(vanishedAtMs),
    }));
    return { data: messages, nextCursor };
  }

  @Responds(syncProviderModelsV1)
  sync(request: RequestOf<typeof syncProviderModelsV1>): Promise<ResponseOf<typeof syncProviderModelsV1>> {
    return this.syncModels.onRequest(request.actor, request.providerId);
  }

  @Responds(rotateProviderKeyV1)
  rotate(request: RequestOf<typeof rotateProviderKeyV1>): Promise<ResponseOf<typeof rotateProviderKeyV1>> {
    return this.rotateKey.onRequest(request.actor, request.providerId);
  }
}

const toTimestamp = (timeMs: number): string => new Date(timeMs).toISOString();
