import type { Clock } from '@ao/kernel';
import type { LedgerStore, WalletRepository } from './ports.js';
import { saveLedger } from './save-ledger.js';
import type { WalletEvents } from './wallet-events.js';

const PERIODS_PER_TRANSACTION_MAX = 100;

/**
 * Takes back what has expired of the wallets that nobody uses; on others the next use does it. Any number may run at
 * once, and none is needed for a balance to be right: it only brings the ledger up to what every reader sees.
 */
export class ExpireCredits {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly store: LedgerStore,
    private readonly events: WalletEvents,
    private readonly clock: Clock,
  ) {}

  /** Gives the number of entries made. */
  async execute(): Promise<number> {
    let entries = 0;
    let after: string | null = '';
    while (after !== null) {
      const some: { entries: number; lastWalletId: string | null } = await this.expireSome(after);
      entries += some.entries;
      after = some.lastWalletId;
    }
    return entries;
  }

  private expireSome(after: string): Promise<{ entries: number; lastWalletId: string | null }> {
    return this.store.transact(async (transaction) => {
      const nowMs = this.clock.nowMs();
      const { ledger } = await transaction.lockExpiring(nowMs, after, PERIODS_PER_TRANSACTION_MAX);
      ledger.expireCredits(nowMs);
      const wallets = await this.wallets.findAll(ledger.locks.map(({ walletId }) => walletId));
      await saveLedger(transaction, ledger, { wallets, events: this.events, nowMs });
      const more = ledger.locks.length === PERIODS_PER_TRANSACTION_MAX;
      return { entries: ledger.changes.entries.length, lastWalletId: more ? ledger.locks.at(-1)!.walletId : null };
    });
  }
}
