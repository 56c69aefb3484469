import { createHash } from 'node:crypto';
import type { EncodedEvent } from '@ao/bus';
import { nanoUsd as nanoUsdField } from '@ao/contracts';
import { databaseErrorCode, type Database } from '@ao/database';
import { AppError, nanoUsd, type NanoUsd } from '@ao/kernel';
import { z } from 'zod';
import type { InvoiceRepository, InvoiceUpload, UploadedInvoice } from '../../application/ports.js';
import type { Prisma } from './generated/client.js';
import type { MeteringStore } from './store.js';

/** Within the deadline of the question, with time left for the answer. */
const SUM_TIMEOUT_MS = 10_000;
const QUERY_CANCELED = '57014';
/** Providers of one month; an organisation has a handful. */
const INVOICES_MAX = 24;

const UPSERT = `
INSERT INTO provider_invoice (org_id, provider, month, digest, tolerance_percent, lines, uploaded_at, uploaded_by)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)
ON CONFLICT (org_id, provider, month) DO UPDATE SET digest = EXCLUDED.digest, lines = EXCLUDED.lines,
  tolerance_percent = EXCLUDED.tolerance_percent, uploaded_at = EXCLUDED.uploaded_at, uploaded_by = EXCLUDED.uploaded_by
WHERE provider_invoice.digest <> EXCLUDED.digest`;

/** A call of one attempt is its own row; of several, each is at its own provider and model. */
const SUM_COSTS = `
SELECT model, sum(cost) AS cost FROM (
  SELECT model, cost_nano_usd::numeric AS cost FROM request_log
  WHERE org_id = $1 AND started_at >= $2 AND started_at < $3 AND provider = $4 AND NOT record ? 'attempts'
  UNION ALL
  SELECT attempt.model, attempt.cost FROM request_log,
    jsonb_to_recordset(record->'attempts') AS attempt (model text, provider text, cost numeric)
  WHERE org_id = $1 AND started_at >= $2 AND started_at < $3 AND record ? 'attempts' AND attempt.provider = $4
) AS used GROUP BY model HAVING sum(cost) <> 0 ORDER BY sum(cost) DESC LIMIT $5`;

const storedLines = z.array(z.object({ model: z.string(), amount: nanoUsdField, tokens: z.number().nullable() }));

interface InvoiceRow {
  provider: string;
  month: string;
  tolerance_percent: string;
  lines: z.input<typeof storedLines>;
  uploaded_at: Date;
}

export class PostgresInvoiceRepository implements InvoiceRepository {
  constructor(
    private readonly database: Database,
    private readonly store: MeteringStore,
  ) {}

  replace(orgId: string, keyId: string, uploads: readonly InvoiceUpload[]): Promise<void> {
    // One fixed order of rows, or two uploads that overlap could deadlock.
    const ordered = uploads.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    return this.store.write(async (prisma) => {
      const news: EncodedEvent[] = [];
      for (const { invoice, events } of ordered) {
        if (await upsert(prisma, orgId, keyId, invoice)) news.push(...events);
      }
      return news;
    });
  }

  async list(orgId: string, month: string, provider: string | undefined): Promise<UploadedInvoice[]> {
    const { rows } = await this.database.pool.query<InvoiceRow>(
      `SELECT * FROM provider_invoice WHERE org_id = $1 AND month = $2 AND provider = COALESCE($3, provider)
       ORDER BY provider LIMIT ${INVOICES_MAX}`,
      [orgId, month, provider ?? null],
    );
    return rows.map(toInvoice);
  }

  async loggedCosts(
    orgId: string,
    provider: string,
    { fromMs, toMs }: { fromMs: number; toMs: number },
    modelsMax: number,
  ): Promise<Map<string, NanoUsd>> {
    try {
      return await this.database.transaction(async (client) => {
        await client.query(`SET LOCAL statement_timeout = ${SUM_TIMEOUT_MS}`);
        const values = [orgId, new Date(fromMs), new Date(toMs), provider, modelsMax];
        const { rows } = await client.query<{ model: string; cost: string }>(SUM_COSTS, values);
        return new Map(rows.map(({ model, cost }) => [model, nanoUsd(BigInt(cost))]));
      });
    } catch (cause) {
      if (databaseErrorCode(cause) !== QUERY_CANCELED) throw cause;
      throw new AppError(
        'timeout',
        'This month has too many calls to add up in time. Try again when less is going on.',
        {
          cause,
        },
      );
    }
  }
}

/** @returns whether it is another one than before. */
async function upsert(
  prisma: Prisma.TransactionClient,
  orgId: string,
  keyId: string,
  invoice: UploadedInvoice,
): Promise<boolean> {
  const { provider, month, tolerancePercent, uploadedAtMs } = invoice;
  const lines = JSON.stringify(
    storedLines.encode([...invoice.lines].map(([model, line]) => ({ model, ...line })).sort(byModel)),
  );
  const digest = createHash('sha256')
    .update(JSON.stringify([tolerancePercent, lines]))
    .digest('hex');
  const what = [digest, tolerancePercent, lines, new Date(uploadedAtMs), keyId];
  return (await prisma.$executeRawUnsafe(UPSERT, orgId, provider, month, ...what)) === 1;
}

const byModel = (a: { model: string }, b: { model: string }): number => (a.model < b.model ? -1 : 1);
const keyOf = ({ invoice: { provider, month } }: InvoiceUpload): string => JSON.stringify([provider, month]);

const toInvoice = (row: InvoiceRow): UploadedInvoice => ({
  provider: row.provider,
  month: row.month,
  tolerancePercent: row.tolerance_percent,
  uploadedAtMs: row.uploaded_at.getTime(),
  lines: new Map(storedLines.decode(row.lines).map(({ model, ...line }) => [model, line])),
});
