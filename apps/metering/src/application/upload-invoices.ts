import type { EncodedEvent } from '@ao/bus';
import {
  meteringActionPerformedV1,
  reconciliationMismatchedV1,
  type Actor,
  type Reconciliation,
  type RequestOf,
  type uploadInvoicesV1,
} from '@ao/contracts';
import { AppError, formatUsd, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin, toOutboxEvent } from '@ao/runtime';
import { readInvoices, type Invoice } from '../domain/invoice.js';
import type { CsvReader, InvoiceRepository, InvoiceUpload } from './ports.js';
import type { ReconcileInvoice } from './reconcile-invoice.js';

/** Named in an alert; the rest is in the report. */
const MODELS_TOLD_MAX = 20;

export interface UploadInvoicesOptions {
  invoices: InvoiceRepository;
  reconcile: ReconcileInvoice;
  readCsv: CsvReader;
  clock: Clock;
  ids: IdGenerator;
}

/** Takes the invoices of a CSV file, compares them with the request log, and tells when they differ. */
export class UploadInvoices {
  constructor(private readonly options: UploadInvoicesOptions) {}

  /** @throws AppError `permission_denied`, `invalid_parameter` (which line, and why), `timeout` (too much to add up). */
  async execute(request: RequestOf<typeof uploadInvoicesV1>): Promise<Reconciliation[]> {
    const { invoices, reconcile, clock } = this.options;
    const { actor, tolerancePercent } = request;
    requireAdmin(actor);
    const uploadedAtMs = clock.nowMs();
    const reconciliations: Reconciliation[] = [];
    const uploads: InvoiceUpload[] = [];
    for (const read of this.read(request)) {
      const invoice = { ...read, tolerancePercent, uploadedAtMs };
      const reconciliation = await reconcile.execute(actor.orgId, invoice, tolerancePercent);
      reconciliations.push(reconciliation);
      uploads.push({ invoice, events: this.eventsOf(actor, reconciliation) });
    }
    await invoices.replace(actor.orgId, actor.keyId, uploads);
    return reconciliations;
  }

  private read({ csv, provider, month }: RequestOf<typeof uploadInvoicesV1>): Invoice[] {
    const reading = readInvoices(this.options.readCsv(csv), { provider, month });
    if (reading.kind === 'read') return reading.invoices;
    throw new AppError('invalid_parameter', `The file was not taken: ${reading.problems.join('; ')}.`, {
      param: 'csv',
    });
  }

  private eventsOf(actor: Actor, reconciliation: Reconciliation): EncodedEvent[] {
    const { clock, ids } = this.options;
    const { provider, month, total } = reconciliation;
    const uploaded = auditEvent(
      meteringActionPerformedV1,
      { actor, clock, ids },
      {
        action: 'invoice.upload',
        targetId: `${provider}/${month}`,
        metadata: { invoiced_usd: formatUsd(total.invoiced) },
      },
    );
    const mismatched = this.mismatchOf(actor, reconciliation);
    return mismatched ? [uploaded, mismatched] : [uploaded];
  }

  private mismatchOf(actor: Actor, reconciliation: Reconciliation): EncodedEvent | undefined {
    const { provider, month, tolerancePercent, lines, total, uploadedAt } = reconciliation;
    const differing = lines.flatMap(({ model, state, difference }) =>
      state === 'ok' ? [] : [{ model, state, difference }],
    );
    if (differing.length === 0 && total.state === 'ok') return undefined;
    const { ours, invoiced, difference } = total;
    return toOutboxEvent(reconciliationMismatchedV1, {
      id: this.options.ids.next('evt'),
      occurredAt: uploadedAt,
      requestId: actor.requestId,
      payload: {
        orgId: actor.orgId,
        provider,
        month,
        tolerancePercent,
        ours,
        invoiced,
        difference,
        modelCount: differing.length,
        models: differing.slice(0, MODELS_TOLD_MAX),
        uploadedAt,
      },
    });
  }
}
