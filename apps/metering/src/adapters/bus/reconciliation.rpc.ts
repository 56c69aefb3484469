import { Responds } from '@ao/bus';
import { getReconciliationV1, uploadInvoicesV1, type RequestOf, type ResponseOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { GetReconciliation } from '../../application/get-reconciliation.js';
import { UploadInvoices } from '../../application/upload-invoices.js';

@Controller()
export class ReconciliationRpc {
  constructor(
    private readonly uploadInvoices: UploadInvoices,
    private readonly getReconciliation: GetReconciliation,
  ) {}

  @Responds(uploadInvoicesV1)
  async upload(request: RequestOf<typeof uploadInvoicesV1>): Promise<ResponseOf<typeof uploadInvoicesV1>> {
    return { reconciliations: await this.uploadInvoices.execute(request) };
  }

  @Responds(getReconciliationV1)
  async get(request: RequestOf<typeof getReconciliationV1>): Promise<ResponseOf<typeof getReconciliationV1>> {
    return { reconciliations: await this.getReconciliation.execute(request) };
  }
}
