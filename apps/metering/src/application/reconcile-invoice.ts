import type { Reconciliation } from '@ao/contracts';
import type { Clock, NanoUsd } from '@ao/kernel';
import { monthRange } from '../domain/month.js';
import { reconcile } from '../domain/reconcile.js';
import type { InvoiceRepository, UploadedInvoice } from './ports.js';

/** With as many of the invoice, what one answer on the bus can hold. */
const MODELS_MAX = 1_000;
const DAY_MS = 86_400_000;

/** Compares an invoice with the request log as it is now. */
export class ReconcileInvoice {
  constructor(
    private readonly invoices: InvoiceRepository,
    private readonly clock: Clock,
    private readonly retentionDays: number,
  ) {}

  /** @throws AppError `timeout` when the month has too many calls to add up in time. */
  async execute(orgId: string, invoice: UploadedInvoice, tolerancePercent: string): Promise<Reconciliation> {
    const { month, provider, lines } = invoice;
    const range = monthRange(month);
    const ours = await this.invoices.loggedCosts(orgId, provider, range, MODELS_MAX);
    const invoiced = new Map([...lines].map(([model, { amount }]): [string, NanoUsd] => [model, amount]));
    return {
      month,
      provider,
      uploadedAt: new Date(invoice.uploadedAtMs).toISOString(),
      tolerancePercent,
      logComplete: this.holdsAll(range),
      ...reconcile(ours, invoiced, tolerancePercent),
    };
  }

  private holdsAll({ fromMs, toMs }: { fromMs: number; toMs: number }): boolean {
    const nowMs = this.clock.nowMs();
    return toMs <= nowMs && fromMs >= nowMs - this.retentionDays * DAY_MS;
  }
}
