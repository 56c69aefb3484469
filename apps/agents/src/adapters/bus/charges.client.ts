import type { Bus } from '@ao/bus';
import { listRequestsV1, type Actor } from '@ao/contracts';
import type { Charges } from '../../application/batches/ports.js';

/** Asks metering, which keeps the log of requests. */
export class ChargesClient implements Charges {
  constructor(private readonly bus: Pick<Bus, 'request'>) {}

  async wasCharged({ orgId, keyId }: Pick<Actor, 'orgId' | 'keyId'>, lineId: string): Promise<boolean> {
    const actor: Actor = { orgId, keyId, role: 'member' };
    const { data } = await this.bus.request(listRequestsV1, { actor, correlationId: lineId, limit: 100 });
    return data.some(({ usageSource, status }) => usageSource !== 'none' || status < 400);
  }
}
