import { Responds } from '@ao/bus';
import { acquireLeasesV1, syncLeasesV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { AcquireOrRecall } from '../../application/acquire-or-recall.js';
import { SyncLeases } from '../../application/sync-leases.js';
import { MicroBatch } from './micro-batch.js';

/** The acquisitions that arrive together, answered together. */
export class AcquisitionBatch extends MicroBatch<
  RequestOf<typeof acquireLeasesV1>,
  ResponseOf<typeof acquireLeasesV1>
> {}

@Controller()
export class LeasesRpc {
  constructor(
    private readonly acquireOrRecall: AcquireOrRecall,
    private readonly syncLeases: SyncLeases,
  ) {}

  @Responds(acquireLeasesV1)
  async acquire(request: RequestOf<typeof acquireLeasesV1>): Promise<ResponseOf<typeof acquireLeasesV1>> {
    return this.acquireOrRecall.execute(request);
  }

  @Responds(syncLeasesV1)
  async sync(request: RequestOf<typeof syncLeasesV1>): Promise<ResponseOf<typeof syncLeasesV1>> {
    return this.syncLeases.execute(request);
  }
}
