import { Responds } from '@ao/bus';
import {
  cancelBatchV1,
  createBatchV1,
  getBatchV1,
  listBatchesV1,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { CreateBatch } from '../../application/batches/create-batch.js';
import { FindBatches } from '../../application/batches/find-batches.js';

@Controller()
export class BatchesRpc {
  constructor(
    private readonly createBatch: CreateBatch,
    private readonly findBatches: FindBatches,
  ) {}

  @Responds(createBatchV1)
  async create(request: RequestOf<typeof createBatchV1>): Promise<ResponseOf<typeof createBatchV1>> {
    return { batch: await this.createBatch.execute(request) };
  }

  @Responds(getBatchV1)
  async get({ actor, batchId }: RequestOf<typeof getBatchV1>): Promise<ResponseOf<typeof getBatchV1>> {
    return { batch: await this.findBatches.get(actor, batchId) };
  }

  @Responds(listBatchesV1)
  list(request: RequestOf<typeof listBatchesV1>): Promise<ResponseOf<typeof listBatchesV1>> {
    return this.findBatches.list(request);
  }

  @Responds(cancelBatchV1)
  async cancel(request: RequestOf<typeof cancelBatchV1>): Promise<ResponseOf<typeof cancelBatchV1>> {
    return { batch: await this.findBatches.cancel(request) };
  }
}
