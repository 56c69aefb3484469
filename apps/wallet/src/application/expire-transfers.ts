import type { Clock } from '@ao/kernel';
import { expired } from '../domain/transfer.js';
import type { TransferEvents } from './transfer-events.js';
import type { TransferStore } from './transfer-ports.js';

const TRANSFERS_PER_TRANSACTION_MAX = 100;

/**
 * Marks the transfers that nobody decided on in time, and tells of them. They are expired without it; any number of these
 * may run at once.
 */
export class ExpireTransfers {
  constructor(
    private readonly transfers: TransferStore,
    private readonly events: TransferEvents,
    private readonly clock: Clock,
  ) {}

  /** Gives the number of transfers that expired. */
  async execute(): Promise<number> {
    let count = 0;
    for (;;) {
      const some = await this.expireSome();
      count += some;
      if (some < TRANSFERS_PER_TRANSACTION_MAX) return count;
    }
  }

  private expireSome(): Promise<number> {
    return this.transfers.transact(async (transaction) => {
      const overdue = await transaction.lockOverdue(this.clock.nowMs(), TRANSFERS_PER_TRANSACTION_MAX);
      const walletIds = overdue.flatMap(({ fromWalletId, toWalletId }) => [fromWalletId, toWalletId]);
      const names = await transaction.walletNames(walletIds);
      const marked = overdue.map(expired);
      await transaction.decide(
        marked,
        marked.flatMap((transfer) => this.events.decided(transfer, names, null)),
      );
      return marked.length;
    });
  }
}
