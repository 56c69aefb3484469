import { Responds } from '@ao/bus';
import {
  approveTransferV1,
  cancelTransferV1,
  getTransferV1,
  listTransfersV1,
  rejectTransferV1,
  requestTransferV1,
  type RequestOf,
  type ResponseOf,
  type Transfer as TransferMessage,
} from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { ApproveTransfer } from '../../application/approve-transfer.js';
import { CloseTransfer } from '../../application/close-transfer.js';
import { ReadTransfers } from '../../application/read-transfers.js';
import { RequestTransfer } from '../../application/request-transfer.js';
import type { Transfer } from '../../domain/transfer.js';

@Controller()
export class TransfersRpc {
  constructor(
    private readonly requestTransfer: RequestTransfer,
    private readonly approveTransfer: ApproveTransfer,
    private readonly closeTransfer: CloseTransfer,
    private readonly readTransfers: ReadTransfers,
  ) {}

  @Responds(requestTransferV1)
  async request(request: RequestOf<typeof requestTransferV1>): Promise<ResponseOf<typeof requestTransferV1>> {
    return { transfer: toMessage(await this.requestTransfer.execute(request)) };
  }

  @Responds(listTransfersV1)
  async list(request: RequestOf<typeof listTransfersV1>): Promise<ResponseOf<typeof listTransfersV1>> {
    const page = await this.readTransfers.list(request);
    return { ...page, data: page.data.map(toMessage) };
  }

  @Responds(getTransferV1)
  async get({ actor, transferId }: RequestOf<typeof getTransferV1>): Promise<ResponseOf<typeof getTransferV1>> {
    return { transfer: toMessage(await this.readTransfers.get(actor, transferId)) };
  }

  @Responds(approveTransferV1)
  async approve(request: RequestOf<typeof approveTransferV1>): Promise<ResponseOf<typeof approveTransferV1>> {
    return { transfer: toMessage(await this.approveTransfer.execute(request.actor, request.transferId)) };
  }

  @Responds(rejectTransferV1)
  async reject(request: RequestOf<typeof rejectTransferV1>): Promise<ResponseOf<typeof rejectTransferV1>> {
    const { actor, transferId, reason } = request;
    return { transfer: toMessage(await this.closeTransfer.reject(actor, transferId, reason)) };
  }

  @Responds(cancelTransferV1)
  async cancel(request: RequestOf<typeof cancelTransferV1>): Promise<ResponseOf<typeof cancelTransferV1>> {
    return { transfer: toMessage(await this.closeTransfer.cancel(request.actor, request.transferId)) };
  }
}

const toMessage = ({ requestedBy, createdAtMs, expiresAtMs, decidedAtMs, ...transfer }: Transfer): TransferMessage => ({
  ...transfer,
  requestedBy: requestedBy.keyId,
  createdAt: new Date(createdAtMs).toISOString(),
  expiresAt: new Date(expiresAtMs).toISOString(),
  decidedAt: decidedAtMs === null ? null : new Date(decidedAtMs).toISOString(),
});
