import { createTopUpV1, walletActionPerformedV1, type RequestOf } from '@ao/contracts';
import { AppError, formatUsd, ZERO_USD, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import type { Credit } from '../domain/credit.js';
import { creditAccount, PAYMENTS_ACCOUNT, topUpKey, type Entry } from '../domain/entry.js';
import type { PeriodRef } from '../domain/ledger.js';
import type { PeriodBook } from '../domain/period-book.js';
import { AMOUNT_MAX, type Wallet } from '../domain/wallet.js';
import type { TopUp } from './credit-ports.js';
import type { LedgerStore, LedgerTransaction, WalletRepository } from './ports.js';
import { endTopUpRequest, saveLedger } from './save-ledger.js';
import type { WalletEvents } from './wallet-events.js';

type Request = RequestOf<typeof createTopUpV1>;

/** What one wallet can be given in all its time: nine billion dollars, so that every sum stays a BIGINT. */
const CREDITED_MAX = 9_000_000_000_000_000_000n;

/** Pays money into a prepaid wallet. */
export class TopUpWallet {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly store: LedgerStore,
    private readonly periods: PeriodBook,
    private readonly events: WalletEvents,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * The same request under its key again gives the first answer; nothing is credited twice.
   * @throws AppError `permission_denied`, `not_found`, `invalid_parameter`, `conflict` (another request had the key).
   */
  async execute(request: Request): Promise<TopUp> {
    const { actor, walletId, amount } = request;
    requireAdmin(actor);
    const wallet = await this.wallets.find(actor.orgId, walletId);
    if (!wallet) throw new AppError('not_found', `There is no wallet ${walletId}.`, { param: 'id' });
    if (wallet.kind !== 'prepaid') {
      throw new AppError('invalid_parameter', 'This wallet is a budget: raise its limit instead.', { param: 'id' });
    }
    if (amount <= 0n || amount > AMOUNT_MAX) {
      const message = 'A top-up must lie above 0 and not above 500000000 dollars.';
      throw new AppError('invalid_parameter', message, { param: 'amount_usd' });
    }
    const nowMs = this.clock.nowMs();
    const period = this.periods.at(wallet, nowMs);
    await this.store.openPeriods([{ wallet, period }], this.events.entriesPosted);
    return this.store.transact((transaction) =>
      this.creditOnce(transaction, request, wallet, { walletId, periodKey: period.key }),
    );
  }

  private async creditOnce(
    transaction: LedgerTransaction,
    request: Request,
    wallet: Wallet,
    ref: PeriodRef,
  ): Promise<TopUp> {
    const topUp = this.toTopUp(request);
    const earlier = await transaction.topUps.claim(request.idempotencyKey, topUp);
    if (earlier) return repeat(earlier, topUp);
    if (topUp.expiresAtMs !== null && topUp.expiresAtMs <= topUp.createdAtMs) {
      throw new AppError('invalid_parameter', 'A credit must expire in the future.', { param: 'expires_at' });
    }
    const { ledger } = await transaction.lock({ periods: [ref], creditsAtMs: 'all' });
    if (ledger.balance(ref).credit.credited + topUp.amount > CREDITED_MAX) {
      throw new AppError('invalid_parameter', 'The wallet was given nine billion dollars; use a new one.', {
        param: 'amount_usd',
      });
    }
    ledger.expireCredits(topUp.createdAtMs);
    ledger.topUp(toEntry(topUp, ref, request.idempotencyKey), toCredit(topUp, ref));
    endTopUpRequest(ledger, ref, wallet, topUp.amount);
    await saveLedger(transaction, ledger, {
      wallets: new Map([[wallet.id, wallet]]),
      events: this.events,
      nowMs: topUp.createdAtMs,
      more: [this.audit(request, topUp)],
    });
    return topUp;
  }

  private toTopUp({ actor, walletId, amount, expiresAt, reference, note }: Request): TopUp {
    return {
      id: this.ids.next('crd'),
      orgId: actor.orgId,
      walletId,
      amount,
      expiresAtMs: expiresAt === null ? null : Date.parse(expiresAt),
      reference,
      note,
      createdBy: actor.keyId,
      createdAtMs: this.clock.nowMs(),
    };
  }

  private audit({ actor }: Request, { id, walletId, amount }: TopUp): ReturnType<typeof auditEvent> {
    const metadata = { top_up_id: id, amount_usd: formatUsd(amount) };
    const by = { actor, clock: this.clock, ids: this.ids };
    return auditEvent(walletActionPerformedV1, by, { action: 'wallet.top_up', targetId: walletId, metadata });
  }
}

function repeat(earlier: TopUp, again: TopUp): TopUp {
  const same = (['amount', 'expiresAtMs', 'reference', 'note'] as const).every(
    (field) => earlier[field] === again[field],
  );
  if (same) return earlier;
  throw new AppError('conflict', 'Another top-up used this idempotency key. Choose a new key for a new top-up.', {
    param: 'idempotency_key',
  });
}

const toEntry = ({ orgId, amount, reference, note }: TopUp, ref: PeriodRef, key: string): Entry => ({
  idempotencyKey: topUpKey(ref.walletId, key),
  ...ref,
  orgId,
  kind: 'top_up',
  amount,
  debitAccount: PAYMENTS_ACCOUNT,
  creditAccount: creditAccount(ref.walletId),
  requestId: null,
  leaseId: null,
  ...((note ?? reference) !== null && { note: (note ?? reference)! }),
});

const toCredit = ({ id, orgId, amount, expiresAtMs }: TopUp, ref: PeriodRef): Credit | null =>
  expiresAtMs === null ? null : { id, orgId, ...ref, expiresAtMs, remaining: amount, expired: ZERO_USD };
