import { createAdjustmentV1, walletActionPerformedV1, type RequestOf } from '@ao/contracts';
import { absUsd, AppError, formatUsd, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import { adjust } from '../domain/adjustment.js';
import { ADJUSTMENT_ACCOUNT } from '../domain/entry.js';
import type { PeriodBook } from '../domain/period-book.js';
import { COST_MAX } from '../domain/settlement.js';
import type { Wallet } from '../domain/wallet.js';
import type { AskedAdjustment } from './credit-ports.js';
import type { LedgerStore, LedgerTransaction, NewPeriod, WalletRepository } from './ports.js';
import { saveLedger } from './save-ledger.js';
import type { WalletEvents } from './wallet-events.js';

type Request = RequestOf<typeof createAdjustmentV1>;

/** Corrects by hand what a wallet and all above it have spent, each in its present period. */
export class AdjustWallet {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly store: LedgerStore,
    private readonly periods: PeriodBook,
    private readonly events: WalletEvents,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * The same request under its key again gives the first answer; nothing is corrected twice.
   * @throws AppError `permission_denied`, `not_found`, `invalid_parameter`, `conflict` (another request had the key).
   */
  async execute(request: Request): Promise<AskedAdjustment> {
    const { actor, walletId, amount } = request;
    requireAdmin(actor);
    const path = (await this.wallets.findPaths([walletId])).get(walletId);
    if (path?.[0]?.orgId !== actor.orgId) {
      throw new AppError('not_found', `There is no wallet ${walletId}.`, { param: 'id' });
    }
    if (amount === 0n || absUsd(amount) > COST_MAX) {
      const message = 'An adjustment must not be 0, and at most 1000000 dollars up or down.';
      throw new AppError('invalid_parameter', message, { param: 'amount_usd' });
    }
    const nowMs = this.clock.nowMs();
    const steps = path.map((wallet) => ({ wallet, period: this.periods.at(wallet, nowMs) }));
    await this.store.openPeriods(steps, this.events.entriesPosted);
    return this.store.transact((transaction) => this.adjustOnce(transaction, request, steps));
  }

  private async adjustOnce(
    transaction: LedgerTransaction,
    request: Request,
    steps: (NewPeriod & { wallet: Wallet })[],
  ): Promise<AskedAdjustment> {
    const adjustment = this.toAdjustment(request);
    const earlier = await transaction.adjustments.claim(request.idempotencyKey, adjustment);
    if (earlier) return repeat(earlier, adjustment);
    const nowMs = adjustment.createdAtMs;
    const refs = steps.map(({ wallet, period }) => ({ walletId: wallet.id, periodKey: period.key }));
    const { ledger } = await transaction.lock({ periods: refs, creditsAtMs: nowMs });
    ledger.expireCredits(nowMs);
    const { id: adjustmentId, orgId, amount, requestId, reason: note } = adjustment;
    refs.forEach((ref, index) => {
      const passedUpBy = refs[index - 1]?.walletId ?? null;
      adjust(ledger, { adjustmentId, orgId, ...ref, amount, passedUpBy, against: ADJUSTMENT_ACCOUNT, requestId, note });
    });
    await saveLedger(transaction, ledger, {
      wallets: new Map(steps.map(({ wallet }) => [wallet.id, wallet])),
      events: this.events,
      nowMs,
      more: [this.audit(request, adjustment)],
    });
    return adjustment;
  }

  private toAdjustment({ actor, walletId, amount, reason, requestId }: Request): AskedAdjustment {
    return {
      id: this.ids.next('adj'),
      orgId: actor.orgId,
      walletId,
      amount,
      reason,
      requestId,
      createdBy: actor.keyId,
      createdAtMs: this.clock.nowMs(),
    };
  }

  private audit({ actor }: Request, { id, walletId, amount, reason }: AskedAdjustment): ReturnType<typeof auditEvent> {
    const metadata = { adjustment_id: id, amount_usd: formatUsd(amount), reason };
    const by = { actor, clock: this.clock, ids: this.ids };
    return auditEvent(walletActionPerformedV1, by, { action: 'wallet.adjust', targetId: walletId, metadata });
  }
}

function repeat(earlier: AskedAdjustment, again: AskedAdjustment): AskedAdjustment {
  const same = (['amount', 'reason', 'requestId'] as const).every((field) => earlier[field] === again[field]);
  if (same) return earlier;
  throw new AppError('conflict', 'Another adjustment used this idempotency key. Choose a new key for a new one.', {
    param: 'idempotency_key',
  });
}
