import type { Bus } from '@ao/bus';
import { addressedTo, returnLeasesV1, type ResponseOf } from '@ao/contracts';
import type { Gateways } from '../../application/recall-leases.js';

/** Asks gateways one by one, each under its own name. */
export class GatewaysClient implements Gateways {
  constructor(private readonly bus: Bus) {}

  async returnLeases(gatewayId: string, walletId: string): Promise<ResponseOf<typeof returnLeasesV1>['returns']> {
    const { returns } = await this.bus.request(addressedTo(returnLeasesV1, gatewayId), { walletIds: [walletId] });
    return returns;
  }
}
