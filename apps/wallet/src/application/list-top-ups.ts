import type { Actor, ListedTopUp } from '@ao/contracts';
import { AppError, ZERO_USD, type Clock } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { PeriodBook } from '../domain/period-book.js';
import type { LedgerReader } from './credit-ports.js';
import type { WalletRepository } from './ports.js';

/** Lists what was paid into a wallet, as it stands now: also what expired a moment ago and no job has taken back yet. */
export class ListTopUps {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly reader: LedgerReader,
    private readonly periods: PeriodBook,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(
    actor: Actor,
    walletId: string,
    page: { limit: number; after: string | undefined },
  ): Promise<ListedTopUp[]> {
    requireAdmin(actor);
    const wallet = await this.wallets.find(actor.orgId, walletId);
    if (!wallet) throw new AppError('not_found', `There is no wallet ${walletId}.`, { param: 'id' });
    const nowMs = this.clock.nowMs();
    const ref = { walletId, periodKey: this.periods.at(wallet, nowMs).key };
    const topUps = await this.reader.listTopUps(walletId, page);
    const ledger = await this.reader.readPeriod(ref);
    ledger.expireCredits(nowMs);
    return topUps.map(({ expiresAtMs, createdAtMs, createdBy: _by, orgId: _org, expired, ...topUp }) => {
      const live = ledger.creditOf(ref, topUp.id);
      return {
        ...topUp,
        expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
        createdAt: new Date(createdAtMs).toISOString(),
        expired: live?.expired ?? expired,
        unspent: expiresAtMs === null ? null : (live?.remaining ?? ZERO_USD),
      };
    });
  }
}
