import type { Actor, RequestLogRow } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { RequestLog } from './ports.js';
import { visibleKeyOf } from './visible-key.js';

/** Finds one call, as far as the actor may see it. */
export class GetRequest {
  constructor(private readonly log: RequestLog) {}

  /** @throws AppError `not_found`, also for a call that is another's: that it exists is nobody else's business. */
  async execute(actor: Actor, requestId: string): Promise<RequestLogRow> {
    const row = await this.log.find(actor.orgId, requestId, visibleKeyOf(actor) ?? undefined);
    if (row) return row;
    throw new AppError('not_found', `There is no request ${requestId}.`, { param: 'id' });
  }
}
