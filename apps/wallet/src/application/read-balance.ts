import type { Actor, WalletBalance } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import { isAdmin } from '@ao/runtime';
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

  /** @throws AppError `permission_denied` (no payer of the actor's calls), `not_found`. */
  async execute(actor: Actor, walletId: string): Promise<WalletBalance> {
    // Before looking for it: a refusal must not tell which wallets there are.
    if (!isAdmin(actor) && !(await this.paysFor(actor, walletId))) throw notYours();
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
      transferredIn: balance.transferredIn,
      transferredOut: balance.transferredOut,
      available: availableOf(wallet, balance),
      overdraftUsed: overdraftUsedOf(wallet, balance),
      usedPercent: usedPercentOf(wallet, balance),
    };
  }

  /** The wallet of the actor's key and all above it pay for its calls; the others are none of its business. */
  private async paysFor({ orgId, walletId: leafId }: Actor, walletId: string): Promise<boolean> {
    const leaf = leafId == null ? null : await this.wallets.find(orgId, leafId);
    return leaf?.path.includes(walletId) ?? false;
  }
}

const notYours = (): AppError =>
  new AppError('permission_denied', 'Your key may read only the balances of the wallets that pay for its calls.');

const toTimestamp = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());
