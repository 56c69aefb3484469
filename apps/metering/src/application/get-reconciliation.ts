import type { getReconciliationV1, Reconciliation, RequestOf } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { InvoiceRepository } from './ports.js';
import type { ReconcileInvoice } from './reconcile-invoice.js';

/** The invoices of a month against the request log as it is now, re-ratings included. */
export class GetReconciliation {
  constructor(
    private readonly invoices: InvoiceRepository,
    private readonly reconcile: ReconcileInvoice,
  ) {}

  /** @throws AppError `permission_denied`, `not_found` (no invoice yet), `timeout` (too much to add up). */
  async execute(request: RequestOf<typeof getReconciliationV1>): Promise<Reconciliation[]> {
    const { actor, month, provider, tolerancePercent } = request;
    requireAdmin(actor);
    const invoices = await this.invoices.list(actor.orgId, month, provider);
    if (invoices.length === 0) {
      const message = `There is no invoice of ${month} yet. Upload one with POST /v1/reconciliation/invoices.`;
      throw new AppError('not_found', message, { param: 'month' });
    }
    const reconciliations: Reconciliation[] = [];
    for (const invoice of invoices) {
      const tolerance = tolerancePercent ?? invoice.tolerancePercent;
      reconciliations.push(await this.reconcile.execute(actor.orgId, invoice, tolerance));
    }
    return reconciliations;
  }
}
