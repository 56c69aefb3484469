import type { Bus } from '@ao/bus';
import { summariseChargesV1, type CallOf, type ChargeSummary } from '@ao/contracts';
import type { Charges } from '../../application/export-chargeback.js';

/** Asks `metering`, which has the request log. */
export class ChargesClient implements Charges {
  constructor(private readonly bus: Bus) {}

  async summarise(range: CallOf<typeof summariseChargesV1>): Promise<ChargeSummary[]> {
    return (await this.bus.request(summariseChargesV1, range)).rows;
  }
}
