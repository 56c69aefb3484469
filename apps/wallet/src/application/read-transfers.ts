import type { Actor, listTransfersV1, RequestOf } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { decodeCursor, isAdmin, toPage } from '@ao/runtime';
import { isRequester, noTransfer, partyOf, seenAt, type Transfer } from '../domain/transfer.js';
import type { TransferStore } from './transfer-ports.js';

/** Admins see the transfers of the organisation, others those that they asked for. */
export const isVisible = (transfer: Transfer, actor: Actor): boolean =>
  isAdmin(actor) || isRequester(transfer, partyOf(actor));

export class ReadTransfers {
  constructor(
    private readonly transfers: TransferStore,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not_found`, also for one that is another's: that it exists is nobody else's business. */
  async get(actor: Actor, transferId: string): Promise<Transfer> {
    const transfer = await this.transfers.find(actor.orgId, transferId);
    if (!transfer || !isVisible(transfer, actor)) throw noTransfer(transferId);
    return seenAt(transfer, this.clock.nowMs());
  }

  /** Newest first. @throws AppError `invalid_parameter` (cursor). */
  async list(request: RequestOf<typeof listTransfersV1>): Promise<{ data: Transfer[]; nextCursor: string | null }> {
    const { actor, limit, cursor, state, walletId } = request;
    const nowMs = this.clock.nowMs();
    const rows = await this.transfers.list(actor.orgId, {
      limit: limit + 1,
      after: decodeCursor(cursor),
      requestedBy: isAdmin(actor) ? undefined : partyOf(actor),
      state,
      walletId,
      nowMs,
    });
    const page = toPage(rows, limit, ({ id }) => id);
    return { ...page, data: page.data.map((transfer) => seenAt(transfer, nowMs)) };
  }
}
