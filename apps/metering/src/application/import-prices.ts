import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  IMPORT_REPORT_ROWS_MAX,
  PRICE_TABLE_BYTES_MAX,
  meteringActionPerformedV1,
  type importPricesV1,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import { planImport, type PriceImportPlan } from '../domain/plan-price-import.js';
import type { PriceEntry } from '../domain/price.js';
import { readPriceTable, type PriceTable } from '../domain/read-price-table.js';
import { requirePlatformAdmin } from './platform-admin.js';
import type { PriceRepository } from './ports.js';
import type { PublishPrices } from './publish-prices.js';

const decompress = promisify(gunzip);

type Report = ResponseOf<typeof importPricesV1>;

/** Takes over the prices of a table of LiteLLM's form, or says what that would change. */
export class ImportPrices {
  constructor(
    private readonly prices: PriceRepository,
    private readonly publishPrices: PublishPrices,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly importedPricesMax: number,
  ) {}

  /** @throws AppError `permission_denied`, `invalid_json`, `payload_too_large`, `invalid_parameter`, `conflict` (too many). */
  async execute({ actor, tableGzip, dryRun }: RequestOf<typeof importPricesV1>): Promise<Report> {
    requirePlatformAdmin(actor);
    const table = readPriceTable(await parseTable(tableGzip), `import: ${actor.keyId}`);
    if (dryRun) return reportOf(table, this.plan((await this.prices.readAll()).entries, table), dryRun);
    let report: Report | undefined;
    await this.prices.append((existing) => {
      const plan = this.plan(existing, table);
      report = reportOf(table, plan, dryRun);
      const event = auditEvent(
        meteringActionPerformedV1,
        { actor, clock: this.clock, ids: this.ids },
        { action: 'price.import', targetId: 'litellm', metadata: describe(report) },
      );
      const entries = plan.changes.map(({ entry }) => entry);
      return { entries, events: entries.length > 0 ? [event] : [] };
    });
    await this.publishPrices.publishSoon();
    return report!;
  }

  private plan(existing: readonly PriceEntry[], { prices }: PriceTable): PriceImportPlan {
    const plan = planImport(existing, prices, this.clock.nowMs(), () => this.ids.next('prc'));
    const imported = existing.filter(({ origin }) => origin === 'import').length;
    if (imported + plan.changes.length <= this.importedPricesMax) return plan;
    throw new AppError(
      'conflict',
      `${imported} prices were imported and ${plan.changes.length} would be added; ${this.importedPricesMax} is the limit. ` +
        'Import less, or raise API_PRICES_MAX.',
    );
  }
}

async function parseTable(tableGzip: string): Promise<unknown> {
  const text = await decompress(Buffer.from(tableGzip, 'base64'), { maxOutputLength: PRICE_TABLE_BYTES_MAX }).catch(
    (cause: unknown) => {
      const isTooLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
      if (!isTooLarge) throw new AppError('invalid_parameter', 'The table is not gzipped.', { cause });
      throw new AppError('payload_too_large', `A price table may have ${PRICE_TABLE_BYTES_MAX} bytes.`, { cause });
    },
  );
  try {
    return JSON.parse(text.toString('utf8')) as unknown;
  } catch (cause) {
    throw new AppError('invalid_json', 'The price table is not valid JSON.', { cause });
  }
}

function reportOf({ skipped }: PriceTable, { changes, unchanged }: PriceImportPlan, dryRun: boolean): Report {
  const added = changes.filter(({ change }) => change === 'added').length;
  return {
    dryRun,
    added,
    changed: changes.length - added,
    unchanged,
    skipped: skipped.length,
    changes: changes
      .slice(0, IMPORT_REPORT_ROWS_MAX)
      .map(({ change, entry: { model, provider } }) => ({ model, provider, change })),
    skippedEntries: skipped.slice(0, IMPORT_REPORT_ROWS_MAX),
  };
}

const describe = ({ added, changed, unchanged, skipped }: Report): Record<string, string> => ({
  added: String(added),
  changed: String(changed),
  unchanged: String(unchanged),
  skipped: String(skipped),
});
