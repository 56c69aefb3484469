import type { Bus } from '@ao/bus';
import { acquireLeasesV1, syncLeasesV1, type CallOf, type ResponseOf } from '@ao/contracts';
import type { LeaseBroker } from '../../application/ports.js';

/** Asks the wallet service for leases. */
export class WalletClient implements LeaseBroker {
  constructor(private readonly bus: Bus) {}

  acquire(request: CallOf<typeof acquireLeasesV1>): Promise<ResponseOf<typeof acquireLeasesV1>> {
    return this.bus.request(acquireLeasesV1, request);
  }

  sync(request: CallOf<typeof syncLeasesV1>): Promise<ResponseOf<typeof syncLeasesV1>> {
    return this.bus.request(syncLeasesV1, request);
  }
}
