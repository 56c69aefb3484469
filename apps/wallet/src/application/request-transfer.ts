import type { RequestOf, requestTransferV1 } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { partyOf, seenAt, type Transfer } from '../domain/transfer.js';
import { requireMovable } from '../domain/transfer-flow.js';
import { AMOUNT_MAX, type Wallet } from '../domain/wallet.js';
import type { WalletRepository } from './ports.js';
import type { TransferEvents } from './transfer-events.js';
import type { TransferStore, TransferTransaction } from './transfer-ports.js';

type Request = RequestOf<typeof requestTransferV1>;
/** With both wallets known. */
type Wish = Request & Pick<Transfer, 'fromWalletId' | 'toWalletId'>;

/** How long approvers have. */
const TIME_TO_DECIDE_MS = 48 * 3_600_000;
/** What one requester may have waiting: approvers are people. */
const PENDING_MAX = 100;

/** Asks for a transfer between two wallets of the organisation. Anybody may ask; nothing moves yet. */
export class RequestTransfer {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly transfers: TransferStore,
    private readonly events: TransferEvents,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Repeating a request under its idempotency key gives the transfer that was made first.
   * @throws AppError `invalid_parameter`, `missing_required_parameter` (a wallet that does not follow from the actor's),
   *   `not_found` (a wallet), `conflict` (another request had the key, a wallet is deactivated, or too many wait).
   */
  async execute(request: Request): Promise<Transfer> {
    requireAmount(request);
    const { from, to } = await this.findWallets(request);
    requireMovable(from, to);
    const wish = { ...request, fromWalletId: from.id, toWalletId: to.id };
    return this.transfers.transact(async (transaction) => {
      await transaction.serialiseRequests(request.actor.keyId);
      return (await this.findMade(transaction, wish)) ?? this.make(transaction, wish);
    });
  }

  /** Who names no wallet asks for budget for his own, from the one above it. */
  private async findWallets(request: Request): Promise<{ from: Wallet; to: Wallet }> {
    const { actor, toWalletId = actor.walletId } = request;
    const to = await this.findWallet(actor.orgId, toWalletId, 'to_wallet_id');
    const from = await this.findWallet(actor.orgId, request.fromWalletId ?? to.parentId, 'from_wallet_id');
    if (from.id !== to.id) return { from, to };
    throw new AppError('invalid_parameter', 'Name two different wallets.', { param: 'to_wallet_id' });
  }

  private async findWallet(orgId: string, walletId: string | null | undefined, param: string): Promise<Wallet> {
    if (walletId == null) throw new AppError('missing_required_parameter', 'Name the wallet.', { param });
    const wallet = await this.wallets.find(orgId, walletId);
    if (wallet) return wallet;
    throw new AppError('not_found', `There is no wallet ${walletId}.`, { param });
  }

  private async findMade(transaction: TransferTransaction, request: Wish): Promise<Transfer | null> {
    const { actor, idempotencyKey } = request;
    if (idempotencyKey === undefined) return null;
    const made = await transaction.findMade(actor.keyId, idempotencyKey);
    if (!made) return null;
    const same = (['fromWalletId', 'toWalletId', 'amount', 'reason', 'note'] as const).every(
      (field) => made[field] === request[field],
    );
    if (same) return seenAt(made, this.clock.nowMs());
    throw new AppError('conflict', 'Another request used this idempotency key. Choose a new key for a new transfer.', {
      param: 'idempotency_key',
    });
  }

  private async make(transaction: TransferTransaction, request: Wish): Promise<Transfer> {
    const { actor, idempotencyKey = null, ...wish } = request;
    const nowMs = this.clock.nowMs();
    if ((await transaction.countPending(actor.keyId, nowMs)) >= PENDING_MAX) {
      throw new AppError(
        'conflict',
        `${PENDING_MAX} of your transfers wait for a decision. Cancel some of them first.`,
      );
    }
    const transfer: Transfer = {
      ...wish,
      id: this.ids.next('trf'),
      orgId: actor.orgId,
      state: 'pending',
      requestedBy: partyOf(actor),
      decidedBy: null,
      decisionReason: null,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + TIME_TO_DECIDE_MS,
      decidedAtMs: null,
    };
    const names = await transaction.walletNames([transfer.fromWalletId, transfer.toWalletId]);
    await transaction.insert(transfer, idempotencyKey, this.events.requested(transfer, names, actor));
    return transfer;
  }
}

function requireAmount({ amount }: Request): void {
  if (amount > 0n && amount <= AMOUNT_MAX) return;
  throw new AppError('invalid_parameter', 'The amount must be more than 0 and at most 500000000 dollars.', {
    param: 'amount_usd',
  });
}
