import type { EncodedEvent } from '@ao/bus';
import type { ListedPrice, PriceFilter, PriceList, PriceRepository } from '../../application/ports.js';
import type { Price, PriceEntry } from '../../domain/price.js';
import { toEntry, toPrice } from './price.rows.js';
import { insertPrices } from './price.sql.js';
import type { MeteringStore } from './store.js';

/** Any number that our other advisory locks do not use: rows become visible in the order of their sequence. */
const PRICE_LOCK = 7_270_742;

export class PostgresPriceRepository implements PriceRepository {
  /** Rows never change, so what was read once stays true. Bounded by the table, which people fill. */
  private readonly known = new Map<string, Price>();

  constructor(private readonly store: MeteringStore) {}

  async version(): Promise<number> {
    const { _max } = await this.store.prisma.price.aggregate({ _max: { sequence: true } });
    return Number(_max.sequence ?? 0);
  }

  async readAll(versionMax?: number): Promise<PriceList> {
    const where = versionMax === undefined ? {} : { sequence: { lte: BigInt(versionMax) } };
    const rows = await this.store.prisma.price.findMany({ where, orderBy: { sequence: 'asc' } });
    return { version: Number(rows.at(-1)?.sequence ?? 0), entries: rows.map(toEntry) };
  }

  append(plan: (existing: PriceEntry[]) => { entries: PriceEntry[]; events: EncodedEvent[] }): Promise<void> {
    return this.store.write(async (prisma) => {
      await prisma.$executeRaw`SELECT pg_advisory_xact_lock(${PRICE_LOCK})`;
      const existing = await prisma.price.findMany({ orderBy: { sequence: 'asc' } });
      const { entries, events } = plan(existing.map(toEntry));
      if (entries.length > 0) await insertPrices(prisma, entries);
      return events;
    });
  }

  async find(rowIds: readonly string[]): Promise<Map<string, Price>> {
    const missing = rowIds.filter((id) => !this.known.has(id));
    if (missing.length > 0) {
      const rows = await this.store.prisma.price.findMany({ where: { id: { in: missing }, retired: false } });
      for (const row of rows) this.known.set(row.id, toPrice(row));
    }
    return new Map(
      rowIds.flatMap((id) => {
        const price = this.known.get(id);
        return price ? [[id, price] as const] : [];
      }),
    );
  }

  async list(
    { model, provider }: PriceFilter,
    page: { limit: number; after: bigint | undefined },
  ): Promise<ListedPrice[]> {
    const rows = await this.store.prisma.price.findMany({
      where: { model, provider, retired: false, sequence: { lt: page.after } },
      orderBy: { sequence: 'desc' },
      take: page.limit,
    });
    return rows.map((row) => ({ price: toPrice(row), sequence: row.sequence }));
  }
}
