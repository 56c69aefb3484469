import type { Actor } from '@ao/contracts';
import { AppError, formatUsd, type Clock } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { PeriodBook } from '../domain/period-book.js';
import {
  expired,
  isRequester,
  noTransfer,
  notPending,
  partyOf,
  seenAt,
  stateAt,
  type Transfer,
} from '../domain/transfer.js';
import {
  flowBetween,
  move,
  requireMovable,
  requireNoPrepaid,
  stepsOf,
  type FlowStep,
  type MoveOutcome,
  type TransferFlow,
} from '../domain/transfer-flow.js';
import type { Wallet } from '../domain/wallet.js';
import type { LedgerStore, LedgerTransaction, WalletRepository } from './ports.js';
import type { TransferEvents } from './transfer-events.js';
import type { TransferStore, TransferTransaction } from './transfer-ports.js';
import type { WalletEvents } from './wallet-events.js';

type Outcome = { kind: 'approved' | 'closed'; transfer: Transfer } | (MoveOutcome & { kind: 'short' });

/** Moves the money of a transfer and closes it, in one transaction. */
export class ApproveTransfer {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly transfers: TransferStore,
    private readonly store: LedgerStore,
    private readonly periods: PeriodBook,
    private readonly events: { transfer: TransferEvents; wallet: WalletEvents },
    private readonly clock: Clock,
  ) {}

  /**
   * @throws AppError `permission_denied` (no admin, or the requester), `not_found`, `conflict` (not pending any more, or
   *   a wallet is deactivated or prepaid), `wallet_exhausted` (the transfer stays pending).
   */
  async execute(actor: Actor, transferId: string): Promise<Transfer> {
    requireAdmin(actor);
    const asked = await this.transfers.find(actor.orgId, transferId);
    if (!asked) throw noTransfer(transferId);
    if (isRequester(asked, partyOf(actor))) throw ownTransfer();
    const seen = seenAt(asked, this.clock.nowMs());
    // Whoever comes second should hear that, not what became of the wallets since.
    if (asked.state !== 'pending') throw notPending(seen);
    const flow = await this.plan(asked);
    const outcome = await this.transfers.transact((transfers, ledger) =>
      this.decide({ transfers, ledger }, flow, asked, actor),
    );
    if (outcome.kind === 'short') throw shortOf(outcome);
    if (outcome.kind === 'closed') throw notPending(outcome.transfer);
    return outcome.transfer;
  }

  private async plan({ fromWalletId, toWalletId }: Transfer): Promise<TransferFlow> {
    const paths = await this.wallets.findPaths([fromWalletId, toWalletId]);
    const [from, to] = [paths.get(fromWalletId)!, paths.get(toWalletId)!];
    requireMovable(from[0]!, to[0]!);
    const nowMs = this.clock.nowMs();
    const stepOf = (wallet: Wallet): FlowStep => ({ wallet, periodKey: this.periods.at(wallet, nowMs).key });
    const flow = flowBetween(from.map(stepOf), to.map(stepOf));
    requireNoPrepaid(flow);
    const opened = stepsOf(flow).map(({ wallet }) => ({ wallet, period: this.periods.at(wallet, nowMs) }));
    await this.store.openPeriods(opened, this.events.wallet.entriesPosted);
    return flow;
  }

  private async decide(
    { transfers, ledger: books }: { transfers: TransferTransaction; ledger: LedgerTransaction },
    flow: TransferFlow,
    { orgId, id }: Transfer,
    actor: Actor,
  ): Promise<Outcome> {
    const present = await transfers.lock(orgId, id);
    if (!present) throw noTransfer(id);
    const names = await transfers.walletNames([present.fromWalletId, present.toWalletId]);
    const nowMs = this.clock.nowMs();
    if (present.state !== 'pending') return { kind: 'closed', transfer: present };
    if (stateAt(present, nowMs) === 'expired') {
      const transfer = expired(present);
      await transfers.decide([transfer], this.events.transfer.decided(transfer, names, null));
      return { kind: 'closed', transfer };
    }
    const periods = stepsOf(flow).map(({ wallet, periodKey }) => ({ walletId: wallet.id, periodKey }));
    const { ledger } = await books.lock({ periods });
    const moved = move(ledger, present, flow);
    if (moved.kind === 'short') return moved;
    const { entries, events } = this.events.wallet.entriesPosted(ledger.changes.entries);
    await books.save(ledger, entries, events);
    const transfer: Transfer = { ...present, state: 'approved', decidedBy: actor.keyId, decidedAtMs: nowMs };
    await transfers.decide([transfer], this.events.transfer.decided(transfer, names, actor));
    return { kind: 'approved', transfer };
  }
}

const ownTransfer = (): AppError =>
  new AppError('permission_denied', 'Whoever asked for a transfer cannot approve it: let another admin decide.');

function shortOf({ wallet, shortfall }: MoveOutcome & { kind: 'short' }): AppError {
  const missing = formatUsd(shortfall);
  return new AppError(
    'wallet_exhausted',
    `The wallet "${wallet.name}" has not enough that is neither spent nor held: ${missing} USD are missing. ` +
      'The transfer stays pending.',
    { details: { wallet_id: wallet.id, shortfall_usd: missing } },
  );
}
