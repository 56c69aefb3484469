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
import { ReadBalance } from '../../application/read-balance.js';
import { UpdateWallet } from '../../application/update-wallet.js';
import type { Wallet } from '../../domain/wallet.js';

@Controller()
export class WalletsRpc {
  constructor(
    private readonly createWallet: CreateWallet,
    private readonly updateWallet: UpdateWallet,
    private readonly readBalance: ReadBalance,
    @Inject(WALLET_REPOSITORY) private readonly wallets: WalletRepository,
  ) {}

  @Responds(createWalletV1)
  async create(request: RequestOf<typeof createWalletV1>): Promise<ResponseOf<typeof createWalletV1>> {
    return { wallet: toMessage(await this.createWallet.execute(request)) };
  }

  @Responds(listWalletsV1)
  async list(request: RequestOf<typeof listWalletsV1>): Promise<ResponseOf<typeof listWalletsV1>> {
    const { actor, limit, cursor, costCenter } = request;
    requireAdmin(actor);
    const rows = await this.wallets.list(actor.orgId, { limit: limit + 1, after: decodeCursor(cursor), costCenter });
    const page = toPage(rows, limit, ({ id }) => id);
    return { ...page, data: page.data.map(toMessage) };
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
    return { wallet: toMessage(await this.updateWallet.execute(request)) };
  }

  @Responds(getBalanceV1)
  async balance({ actor, walletId }: RequestOf<typeof getBalanceV1>): Promise<ResponseOf<typeof getBalanceV1>> {
    return { balance: await this.readBalance.execute(actor, walletId) };
  }
}

const toMessage = ({ path: _path, createdAtMs, ...wallet }: Wallet): WalletMessage => ({
  ...wallet,
  limit: wallet.kind === 'prepaid' ? null : wallet.limit,
  createdAt: new Date(createdAtMs).toISOString(),
});
