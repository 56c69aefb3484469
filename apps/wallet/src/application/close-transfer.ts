import type { Actor } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import { expired, isRequester, noTransfer, notPending, partyOf, stateAt, type Transfer } from '../domain/transfer.js';
import { isVisible } from './read-transfers.js';
import type { TransferEvents } from './transfer-events.js';
import type { TransferStore } from './transfer-ports.js';

type Closing = Pick<Transfer, 'decisionReason'> & { state: 'rejected' | 'cancelled' };

/** Ends a pending transfer without moving anything: an admin rejects it, or its requester takes it back. */
export class CloseTransfer {
  constructor(
    private readonly transfers: TransferStore,
    private readonly events: TransferEvents,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`, `conflict` (not pending any more). */
  async reject(actor: Actor, transferId: string, reason: string | null): Promise<Transfer> {
    requireAdmin(actor);
    return this.close(actor, transferId, { state: 'rejected', decisionReason: reason });
  }

  /** @throws AppError `permission_denied` (somebody else's), `not_found`, `conflict` (not pending any more). */
  async cancel(actor: Actor, transferId: string): Promise<Transfer> {
    const asked = await this.transfers.find(actor.orgId, transferId);
    if (!asked || !isVisible(asked, actor)) throw noTransfer(transferId);
    if (!isRequester(asked, partyOf(actor))) {
      throw new AppError('permission_denied', 'Only whoever asked for a transfer can cancel it. You can reject it.');
    }
    return this.close(actor, transferId, { state: 'cancelled', decisionReason: null });
  }

  private async close(actor: Actor, transferId: string, closing: Closing): Promise<Transfer> {
    const outcome = await this.transfers.transact(async (transaction) => {
      const present = await transaction.lock(actor.orgId, transferId);
      if (!present) throw noTransfer(transferId);
      const nowMs = this.clock.nowMs();
      if (present.state !== 'pending') return { refused: true, transfer: present };
      const late = stateAt(present, nowMs) === 'expired';
      const transfer = late ? expired(present) : { ...present, ...closing, decidedBy: actor.keyId, decidedAtMs: nowMs };
      const names = await transaction.walletNames([present.fromWalletId, present.toWalletId]);
      await transaction.decide([transfer], this.events.decided(transfer, names, late ? null : actor));
      return { refused: late, transfer };
    });
    if (outcome.refused) throw notPending(outcome.transfer);
    return outcome.transfer;
  }
}
