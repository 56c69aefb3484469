import { Responds } from '@ao/bus';
import {
  createWalletV1,
  getBalanceV1,
  getWalletV1,
  listWalletsV1,
  updateWalletV1,
  type RequestOf,
  type ResponseOf,
  type Wallet as WalletMessage,
} from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { decodeCursor, requireAdmin, toPage } from '@ao/runtime';
import { Controller, Inject } from '@nestjs/common';
import { CreateWallet } from '../../application/create-wallet.js';
import { WALLET_REPOSITORY, type WalletRepository } from '../../application/ports.js';
import { PublishBudgets } from '../../application/publish-budgets.js';
import { ReadBalance } from '../../application/read-balance.js';
import { UpdateWallet } from '../../application/update-wallet.js';
import type { Wallet } from '../../domain/wallet.js';

@Controller()
export class WalletsRpc {
  constructor(
    private readonly createWallet: CreateWallet,
    private readonly updateWallet: UpdateWallet,
    private readonly readBalance: ReadBalance,
    private readonly publishBudgets: PublishBudgets,
    @Inject(WALLET_REPOSITORY) private readonly wallets: WalletRepository,
  ) {}

  @Responds(createWalletV1)
  async create(request: RequestOf<typeof createWalletV1>): Promise<ResponseOf<typeof createWalletV1>> {
    return this.tell(await this.createWallet.execute(request));
  }

  @Responds(listWalletsV1)
  async list(request: RequestOf<typeof listWalletsV1>): Promise<ResponseOf<typeof listWalletsV1>> {
    const { actor, limit, cursor, costCenter, templateId } = request;
    requireAdmin(actor);
    const page = { limit: limit + 1, after: decodeCursor(cursor), costCenter, templateId };
    const rows = await this.wallets.list(actor.orgId, page);
    const { data, nextCursor } = toPage(rows, limit, ({ id }) => id);
    return { data: data.map(toMessage), nextCursor };
  }

  @Responds(getWalletV1)
  async get({ actor, walletId }: RequestOf<typeof getWalletV1>): Promise<ResponseOf<typeof getWalletV1>> {
    requireAdmin(actor);
    const wallet = await this.wallets.find(actor.orgId, walletId);
    if (!wallet) throw new AppError('not_found', `There is no wallet ${walletId}.`, { param: 'id' });
    return { wallet: toMessage(wallet) };
  }

  @Responds(updateWalletV1)
  async update(request: RequestOf<typeof updateWalletV1>): Promise<ResponseOf<typeof updateWalletV1>> {
    return this.tell(await this.updateWallet.execute(request));
  }

  @Responds(getBalanceV1)
  async balance({ actor, walletId }: RequestOf<typeof getBalanceV1>): Promise<ResponseOf<typeof getBalanceV1>> {
    return { balance: await this.readBalance.execute(actor, walletId) };
  }

  /** A budget with a scope counts from the moment that the gateways know of it. */
  private async tell(wallet: Wallet): Promise<{ wallet: WalletMessage }> {
    if (wallet.scope !== null) await this.publishBudgets.publishSoon();
    return { wallet: toMessage(wallet) };
  }
}

const toMessage = ({ path: _path, createdAtMs, template, ...wallet }: Wallet): WalletMessage => ({
  ...wallet,
  limit: wallet.kind === 'prepaid' ? null : wallet.limit,
  templateId: template?.walletId ?? null,
  templateValues: template?.values ?? [],
  createdAt: new Date(createdAtMs).toISOString(),
});
