import type { Actor, WalletBalance } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import { availableOf, overdraftUsedOf, usedPercentOf } from '../domain/balance.js';
import type { PeriodBook } from '../domain/period-book.js';
import type { LedgerReader } from './credit-ports.js';
import type { WalletRepository } from './ports.js';

/** Tells what a wallet has left in its present period. */
export class ReadBalance {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly reader: LedgerReader,
    private readonly periods: PeriodBook,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not_found`. */
  async execute(actor: Actor, walletId: string): Promise<WalletBalance> {
    const wallet = await this.wallets.find(actor.orgId, walletId);
    if (!wallet) throw new AppError('not_found', `There is no wallet ${walletId}.`, { param: 'id' });
    const nowMs = this.clock.nowMs();
    const period = this.periods.at(wallet, nowMs);
    const ref = { walletId, periodKey: period.key };
    const ledger = await this.reader.readPeriod(ref);
    // As the next use of the wallet will find it, whether or not a job has taken back yet what expired.
    ledger.expireCredits(nowMs);
    const balance = ledger.balance(ref);
    return {
      walletId,
      name: wallet.name,
      period: wallet.period,
      periodStartsAt: toTimestamp(period.startsAtMs),
      resetsAt: toTimestamp(period.endsAtMs),
      kind: wallet.kind,
      credited: balance.credit.credited,
      nextExpiryAt: toTimestamp(balance.credit.nextExpiryAtMs),
      limit: wallet.kind === 'prepaid' ? null : wallet.limit,
      spent: balance.posted,
      held: balance.held,
      available: availableOf(wallet, balance),
      overdraftUsed: overdraftUsedOf(wallet, balance),
      usedPercent: usedPercentOf(wallet, balance),
    };
  }
}

const toTimestamp = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());
