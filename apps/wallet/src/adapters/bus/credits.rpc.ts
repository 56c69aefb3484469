import { Responds } from '@ao/bus';
import {
  createAdjustmentV1,
  createTopUpV1,
  exportChargebackV1,
  listEntriesV1,
  listTopUpsV1,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, toPage } from '@ao/runtime';
import { Controller } from '@nestjs/common';
import { AdjustWallet } from '../../application/adjust-wallet.js';
import { ExportChargeback } from '../../application/export-chargeback.js';
import { ListEntries } from '../../application/list-entries.js';
import { ListTopUps } from '../../application/list-top-ups.js';
import { TopUpWallet } from '../../application/top-up-wallet.js';

@Controller()
export class CreditsRpc {
  constructor(
    private readonly topUpWallet: TopUpWallet,
    private readonly listTopUps: ListTopUps,
    private readonly adjustWallet: AdjustWallet,
    private readonly listEntries: ListEntries,
    private readonly exportChargeback: ExportChargeback,
  ) {}

  @Responds(createTopUpV1)
  async topUp(request: RequestOf<typeof createTopUpV1>): Promise<ResponseOf<typeof createTopUpV1>> {
    const { createdAtMs, expiresAtMs, ...topUp } = await this.topUpWallet.execute(request);
    const expiresAt = expiresAtMs === null ? null : toText(expiresAtMs);
    return { topUp: { ...topUp, expiresAt, createdAt: toText(createdAtMs) } };
  }

  @Responds(listTopUpsV1)
  async topUps(request: RequestOf<typeof listTopUpsV1>): Promise<ResponseOf<typeof listTopUpsV1>> {
    const { actor, walletId, limit, cursor } = request;
    const page = { limit: limit + 1, after: decodeCursor(cursor) };
    return toPage(await this.listTopUps.execute(actor, walletId, page), limit, ({ id }) => id);
  }

  @Responds(createAdjustmentV1)
  async adjust(request: RequestOf<typeof createAdjustmentV1>): Promise<ResponseOf<typeof createAdjustmentV1>> {
    const { createdAtMs, ...adjustment } = await this.adjustWallet.execute(request);
    return { adjustment: { ...adjustment, createdAt: toText(createdAtMs) } };
  }

  @Responds(listEntriesV1)
  entries(request: RequestOf<typeof listEntriesV1>): Promise<ResponseOf<typeof listEntriesV1>> {
    return this.listEntries.execute(request);
  }

  @Responds(exportChargebackV1)
  chargeback(request: RequestOf<typeof exportChargebackV1>): Promise<ResponseOf<typeof exportChargebackV1>> {
    return this.exportChargeback.execute(request);
  }
}

const toText = (atMs: number): string => new Date(atMs).toISOString();
